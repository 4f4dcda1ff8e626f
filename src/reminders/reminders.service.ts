import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/config.js';
import { BROKER_ACTOR } from '../identity/actor.js';
import { Clock } from '../kernel/clock.js';
import { IdFactory } from '../kernel/ids.js';
import { addDays, londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import { Outbox } from '../platform/mail/outbox.js';
import { ComingDatesRepository, type ComingDate } from './coming-dates.repository.js';
import { digestMail } from './digest.template.js';
import { RemindersRepository } from './reminders.repository.js';

const FIRST_DAYS_AHEAD = 90;
/** Few in one transaction: whoever waits for it waits for no longer than a statement may take. */
const AT_ONCE = 25;

/**
 * Reminds of dates once at 90, 30 and 7 days, everyone in one e-mail a day (R3.17). Done again, or by two workers at once, or
 * after being killed anywhere, it says nothing twice and forgets nothing.
 */
@Injectable()
export class Reminders {
  // eslint-disable-next-line max-params -- two repositories, what each act writes to, and the three ports
  constructor(
    private readonly database: Database,
    private readonly coming: ComingDatesRepository,
    private readonly reminders: RemindersRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Raises what is due today, all of it before anyone is told, so that a digest is whole. */
  async remind(): Promise<void> {
    const today = londonDay(this.clock.now());
    for (let batch = AT_ONCE; batch === AT_ONCE;) {
      batch = await this.raise(today);
    }
    for (let batch = AT_ONCE; batch === AT_ONCE;) {
      batch = await this.tell(today);
    }
  }

  // One worker at a time: the other waits, then finds what the first has left.
  private async raise(today: string): Promise<number> {
    return this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'reminder', id: '' }]);
      const last = addDays(today, FIRST_DAYS_AHEAD);
      const dates = await this.coming.find(tx, today, last, AT_ONCE);
      for (const date of dates) {
        await this.write(tx, date, today);
      }
      return dates.length;
    });
  }

  private async write(tx: Tx, date: ComingDate, today: string): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'reminder.sent', {
      ...BROKER_ACTOR,
      organisationIds: [...new Set(date.organisationIds)],
      targetType: date.cause,
      targetId: date.subjectId,
      reasonCodes: [`due_on:${date.dueOn}`],
      count: date.daysAhead,
      alsoAbout: date.personIds,
    });
    const id = this.ids.next();
    await this.reminders.insert(tx, id, date, auditEventId);
    await this.reminders.addRecipients(tx, id, date, today);
  }

  private async tell(today: string): Promise<number> {
    const people = await this.reminders.findWaiting(this.database.manager, today, AT_ONCE);
    for (const personId of people) {
      await this.database.transaction((tx) => this.tellOne(tx, personId, today));
    }
    return people.length;
  }

  private async tellOne(tx: Tx, personId: string, today: string): Promise<void> {
    const lines = await this.reminders.takeLines(tx, personId, today);
    const to = await this.reminders.findAddress(tx, personId);
    if (lines.length > 0 && to !== undefined) {
      const mail = digestMail(lines, this.config.publicUrl);
      await this.outbox.put(tx, { dedupeKey: `digest:${personId}:${today}`, to, ...mail });
    }
  }
}
