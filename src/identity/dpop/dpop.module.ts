import { Module } from '@nestjs/common';
import { DpopProofs } from './dpop-proofs.service.js';
import { UsedProofs } from './used-proofs.service.js';

/** Proofs that are good once. */
@Module({
  providers: [DpopProofs, UsedProofs],
  exports: [DpopProofs, UsedProofs],
})
export class DpopModule {}
