import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import { ObservedReadsRepository } from './observed-reads.repository.js';
import type { ReadGroup } from './observed.types.js';

/** Raises the alarm by e-mail, in the transaction of its event: once an hour of a dataset to each person. */
@Injectable()
export class UnmatchedMail {
  constructor(
    private readonly reads: ObservedReadsRepository,
    private readonly outbox: Outbox,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async tell(tx: Tx, group: ReadGroup): Promise<void> {
    const today = londonDay(this.clock.now());
    const { datasetId, hour } = group;
    const addressees = await this.reads.alarmed(tx, datasetId, today);
    await this.outbox.putAll(
      tx,
      addressees.map(({ personId, email, title }) => ({
        dedupeKey: `unmatched:${datasetId}:${hour.toISOString()}:${personId}`,
        to: email,
        subject: 'Concordat: data was read without a grant',
        text: this.text(title, group),
      })),
    );
  }

  private text(title: string, { datasetId, hour, count, bytes, requestId }: ReadGroup): string {
    const from = hour.toISOString();
    return [
      `The store's own log tells of reads of “${title}” that no grant explains, in the hour from ${from}:`,
      `${String(count)} so far, of ${String(bytes)} bytes. One of them has the request id ${requestId} there.`,
      '',
      'Somebody reads with keys of the store, past Concordat. Find the request in the log of the store; if nobody of yours',
      'made it, change the keys of the store, and freeze the dataset until you know.',
      '',
      `What there is: ${this.config.publicUrl}/api/v1/audit/reports/reconciliation?datasetId=${datasetId}`,
      '',
      'You get this because you answer for the dataset, or are an information governance officer of the operator.',
      '',
    ].join('\n');
  }
}
