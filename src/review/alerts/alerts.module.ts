import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { MailModule } from '../../platform/mail/mail.module.js';
import { ReadingModule } from '../reading.module.js';
import { AlertClosing } from './alert-closing.service.js';
import { AlertMail } from './alert-mail.js';
import { AlertRaising } from './alert-raising.service.js';
import { AlertSourcesRepository } from './alert-sources.repository.js';
import { AlertSweep } from './alert-sweep.service.js';
import { AlertsApi } from './alerts.api.js';
import { AlertsRepository } from './alerts.repository.js';

/** What is unusual in the trail: found by a worker, looked at and closed by an officer. */
@Module({
  imports: [AuditModule, MailModule, ReadingModule],
  controllers: [AlertsApi],
  providers: [
    AlertMail,
    AlertRaising,
    AlertSourcesRepository,
    AlertSweep,
    AlertsRepository,
    AlertClosing,
  ],
  exports: [AlertClosing, AlertMail, AlertSweep],
})
export class AlertsModule {}
