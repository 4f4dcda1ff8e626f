import { Global, Module } from '@nestjs/common';
import { JsonClient } from './json-client.js';
import { KeyRing } from './key-ring.js';
import { KeyRotation } from './key-rotation.service.js';
import { SigningKeyRepository } from './signing-key.repository.js';
import { Signing } from './signing.service.js';

@Global()
@Module({
  providers: [Signing, KeyRing, KeyRotation, SigningKeyRepository, JsonClient],
  exports: [Signing, KeyRotation, JsonClient],
})
export class SigningModule {}
