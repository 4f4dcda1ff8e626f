import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import type { LogHalt } from './log-halt.js';

/** Tells the operator that the log is halted, in the transaction of the halt. A restored database may know nobody. */
@Injectable()
export class HaltMail {
  constructor(
    private readonly outbox: Outbox,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async tell(tx: Tx, haltId: string, { code, detail }: LogHalt): Promise<void> {
    const people = await tx.query<{ id: string; email: string }[]>(
      `SELECT DISTINCT p.id, p.email FROM live_role($1) l
         JOIN organisation o ON o.id = l.organisation_id AND o.is_operator
         JOIN person p ON p.id = l.person_id AND p.email IS NOT NULL
       WHERE l.role IN ('platform_admin', 'ig_officer') ORDER BY p.id`,
      [londonDay(this.clock.now())],
    );
    await this.outbox.putAll(
      tx,
      people.map(({ id, email }) => ({
        dedupeKey: `log-halt:${haltId}:${id}`,
        to: email,
        subject: 'Concordat: the public log is halted',
        text: [
          `Nothing is placed in the log or signed any more: ${code}.`,
          detail,
          '',
          'No grant is issued once the log is 15 minutes old. Find the reason, mend it, and run',
          '`concordat log resume`, or `concordat log recover` for a restored database that is behind.',
          '',
          'You get this because you administer Concordat or are an information governance officer of its operator.',
          '',
        ].join('\n'),
      })),
    );
  }
}
