import { Global, Module } from '@nestjs/common';
import { SigningKeyRepository } from './signing-key.repository.js';
import { Signing } from './signing.service.js';

@Global()
@Module({ providers: [Signing, SigningKeyRepository], exports: [Signing] })
export class SigningModule {}
