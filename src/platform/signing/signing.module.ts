import { Global, Module } from '@nestjs/common';
import { JsonClient } from './json-client.js';
import { KeyRing } from './key-ring.js';
import { KeyRotationModule } from './key-rotation.module.js';
import { Signing } from './signing.service.js';

@Global()
@Module({
  imports: [KeyRotationModule],
  providers: [Signing, KeyRing, JsonClient],
  exports: [Signing, KeyRotationModule, JsonClient],
})
export class SigningModule {}
