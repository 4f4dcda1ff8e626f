import { Global, Module } from '@nestjs/common';
import { EgressGuard } from './egress-guard.js';
import { StoreClient } from './store-client.js';
import { StoreProbe } from './store-probe.js';
import { StsClient } from './sts-client.js';
import { StsProbe } from './sts-probe.js';

@Global()
@Module({
  providers: [EgressGuard, StoreClient, StoreProbe, StsClient, StsProbe],
  exports: [EgressGuard, StoreClient, StoreProbe, StsClient],
})
export class ObjectStoreModule {}
