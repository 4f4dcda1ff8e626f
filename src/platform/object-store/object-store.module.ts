import { Global, Module } from '@nestjs/common';
import { EgressGuard } from './egress-guard.js';
import { StoreBreakers } from './store-breakers.js';
import { ProbeClient, StoreClient } from './store-client.js';
import { StoreProbe } from './store-probe.js';
import { StsClient } from './sts-client.js';
import { StsProbe } from './sts-probe.js';

const probeClient = {
  provide: ProbeClient,
  inject: [EgressGuard],
  useFactory: (guard: EgressGuard): StoreClient => new StoreClient(guard),
};

@Global()
@Module({
  providers: [
    EgressGuard,
    StoreBreakers,
    StoreClient,
    probeClient,
    StoreProbe,
    StsClient,
    StsProbe,
  ],
  exports: [EgressGuard, StoreClient, StoreProbe, StsClient],
})
export class ObjectStoreModule {}
