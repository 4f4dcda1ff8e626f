import { Global, Module } from '@nestjs/common';
import { EgressGuard } from './egress-guard.js';
import { ReadMarks } from './read-marks.js';
import { StoreBreakers } from './store-breakers.js';
import { ProbeClient, StoreClient } from './store-client.js';
import { StoreProbe } from './store-probe.js';
import { StsClient } from './sts-client.js';
import { StsProbe } from './sts-probe.js';

const probeClient = {
  provide: ProbeClient,
  inject: [EgressGuard, ReadMarks],
  useFactory: (guard: EgressGuard, marks: ReadMarks): StoreClient =>
    new StoreClient(guard, undefined, marks),
};

@Global()
@Module({
  providers: [
    EgressGuard,
    ReadMarks,
    StoreBreakers,
    StoreClient,
    probeClient,
    StoreProbe,
    StsClient,
    StsProbe,
  ],
  exports: [EgressGuard, ReadMarks, StoreClient, StoreProbe, StsClient],
})
export class ObjectStoreModule {}
