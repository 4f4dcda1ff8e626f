import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ComingDatesRepository } from './coming-dates.repository.js';
import { RemindersRepository } from './reminders.repository.js';
import { Reminders } from './reminders.service.js';

@Module({
  imports: [AuditModule],
  providers: [Reminders, RemindersRepository, ComingDatesRepository],
  exports: [Reminders],
})
export class RemindersModule {}
