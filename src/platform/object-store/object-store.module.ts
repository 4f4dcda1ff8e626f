import { Global, Module } from '@nestjs/common';
import { EgressGuard } from './egress-guard.js';
import { StoreClient } from './store-client.js';
import { StoreProbe } from './store-probe.js';

@Global()
@Module({
  providers: [EgressGuard, StoreClient, StoreProbe],
  exports: [EgressGuard, StoreClient, StoreProbe],
})
export class ObjectStoreModule {}
