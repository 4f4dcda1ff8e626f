import { Module } from '@nestjs/common';
import { KeyRotation } from './key-rotation.service.js';
import { SigningKeyRepository } from './signing-key.repository.js';

/** What becomes of the keys, without a ring that opens them: for the command line too, which must work when none opens. */
@Module({
  providers: [KeyRotation, SigningKeyRepository],
  exports: [KeyRotation, SigningKeyRepository],
})
export class KeyRotationModule {}
