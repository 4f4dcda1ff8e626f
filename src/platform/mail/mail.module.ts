import { Global, Module } from '@nestjs/common';
import { MailDelivery } from './mail-delivery.service.js';
import { Outbox } from './outbox.js';
import { Smtp, SMTP_LIMITS, SmtpLimits } from './smtp.js';

@Global()
@Module({
  providers: [Outbox, Smtp, MailDelivery, { provide: SmtpLimits, useValue: SMTP_LIMITS }],
  exports: [Outbox, MailDelivery],
})
export class MailModule {}
