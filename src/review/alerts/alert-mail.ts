import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import { concerning, digestOf } from './alert-digest.js';
import { AlertsRepository } from './alerts.repository.js';

/** Of one mail; what is left is told by the next. */
const MOST_AT_ONCE = 1_000;

/** Tells the officers whom they concern of the alerts that a sweep has raised, each officer in one mail (ADR 0047). */
@Injectable()
export class AlertMail {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertsRepository,
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Those of which nobody was told, whoever raised them: also what a worker that died has left. */
  async tell(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const untold = await this.alerts.takeUntold(tx, MOST_AT_ONCE);
      const [first] = untold;
      if (!first) {
        return;
      }
      const today = londonDay(this.clock.now());
      const organisationIds = [...new Set(untold.flatMap((alert) => alert.organisationIds))];
      const officers = await this.alerts.officers(tx, organisationIds, today);
      const mails = officers.map((officer) => ({
        dedupeKey: `alerts:${first.id}:${officer.id}`,
        to: officer.email,
        ...digestOf(concerning(officer, untold), this.config.publicUrl),
      }));
      await this.outbox.putAll(tx, mails);
    });
  }
}
