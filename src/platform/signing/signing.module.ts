import { Global, Module } from '@nestjs/common';
import { SigningKeyRepository } from './signing-key.repository.js';
import { JsonClient } from './json-client.js';
import { Signing } from './signing.service.js';

@Global()
@Module({ providers: [Signing, SigningKeyRepository, JsonClient], exports: [Signing, JsonClient] })
export class SigningModule {}
