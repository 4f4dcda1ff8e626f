import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import type { AlertRule, Finding } from './alert.types.js';
import { AlertsRepository } from './alerts.repository.js';

const WHAT: Readonly<Record<AlertRule, string>> = {
  bytes: 'more bytes were read than is usual',
  reads: 'data was read more often than is usual',
  refusals: 'many requests were refused within an hour',
  guessing: 'things of others were asked for by their ids',
  out_of_hours: 'data was read out of hours',
};
const WHOSE: Readonly<Record<Finding['subject']['kind'], string>> = {
  person: 'by one person',
  grant: 'under one grant',
  organisation: 'by people of one organisation',
};

/** Tells the officers whom it concerns, once each, and in the mail nothing of whom it is about. */
@Injectable()
export class AlertMail {
  constructor(
    private readonly alerts: AlertsRepository,
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async tell(tx: Tx, alertId: string, finding: Finding): Promise<void> {
    const today = londonDay(this.clock.now());
    const officers = await this.alerts.officers(tx, finding.organisationIds, today);
    const text = this.text(alertId, finding);
    await this.outbox.putAll(
      tx,
      officers.map(({ id, email }) => ({
        dedupeKey: `alert:${alertId}:${id}`,
        to: email,
        subject: `Concordat: ${WHAT[finding.rule]}`,
        text,
      })),
    );
  }

  private text(alertId: string, { rule, subject, day, found, usual, threshold }: Finding): string {
    const past = usual === null ? '' : `, ${String(usual)} are usual`;
    return [
      `On ${day} ${WHAT[rule]}, ${WHOSE[subject.kind]}: ${String(found)}${past}; the limit is ${String(threshold)}.`,
      '',
      `It is alert ${alertId}. What there is: ${this.config.publicUrl}/api/v1/audit/reports/alerts?status=open`,
      'Look at it, and close it with what you found.',
      '',
      'You get this because you are an information governance officer of an organisation that it concerns, or of the operator.',
      '',
    ].join('\n');
  }
}
