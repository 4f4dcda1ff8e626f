import { Global, Module } from '@nestjs/common';
import { Secrets } from './secrets.service.js';
import { SubjectKeys } from './subject-keys.js';

@Global()
@Module({ providers: [Secrets, SubjectKeys], exports: [Secrets, SubjectKeys] })
export class SecretsModule {}
