import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { RateLimitsModule } from '../../platform/rate-limits/rate-limits.module.js';
import { ReadingModule } from '../reading.module.js';
import { RevealApi } from './reveal.api.js';
import { RevealRepository } from './reveal.repository.js';
import { Reveal } from './reveal.service.js';

/** Who is behind a pseudonym (R5.7). */
@Module({
  imports: [AuditModule, RateLimitsModule, ReadingModule],
  controllers: [RevealApi],
  providers: [Reveal, RevealRepository],
  exports: [Reveal],
})
export class RevealModule {}
