import { Module } from '@nestjs/common';
import { DpopProofs } from './dpop-proofs.service.js';
import { UsedProofsRepository } from './used-proofs.repository.js';

/** Proofs that are good once. */
@Module({
  providers: [DpopProofs, UsedProofsRepository],
  exports: [DpopProofs, UsedProofsRepository],
})
export class DpopModule {}
