import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditService } from '../../audit/audit.service.js';
import type { PreparedEvent } from '../../audit/event-preparation.js';
import { ClosureOpening } from '../../grants/closure/closure-opening.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DeliveryGrantsRepository } from '../access/delivery-grants.repository.js';
import { admittedFields, grantFields } from '../access/delivery-record.js';
import type { CutReason, DeliveryGrant } from '../delivery.types.js';
import { lengthOf } from './byte-range.rules.js';
import { OpenStreamsRepository } from './open-streams.repository.js';
import { rangeText, versionFields, type Reading } from './stream-opening.service.js';

/** What became of one stream's share of a budget, in bytes. */
export interface Settlement {
  readonly reserved: number;
  readonly delivered: number;
  /** The object that came to its last byte. */
  readonly finished: string | undefined;
}

const ATTEMPTS = 3;
const RETRY_MS = 1_000;

/** The transaction after the last byte: the event with the exact count, the lease's row and the reservation. */
@Injectable()
export class StreamEnding {
  private readonly log = new Logger(StreamEnding.name);

  // eslint-disable-next-line max-params -- what a stream's end writes, and the clock
  constructor(
    private readonly database: Database,
    private readonly grants: DeliveryGrantsRepository,
    private readonly openStreams: OpenStreamsRepository,
    private readonly audit: AuditService,
    private readonly closures: ClosureOpening,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Never throws: the bytes are gone, the caller is answered. What cannot be written now keeps its row, whose lease runs
   * out; the worker then settles it in full.
   * @param reason why it was cut; undefined when every byte was delivered.
   */
  async end(reading: Reading, reason: CutReason | undefined): Promise<void> {
    const { entry, part, stream } = reading;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        const event = await this.prepare(reading, reason);
        await this.database.transaction((tx) => this.settle(tx, reading, event));
        return;
      } catch (error) {
        this.log.error({
          msg: 'The end of a stream was not written',
          code: 'stream_end_unwritten',
          streamId: stream.id,
          bytes: stream.bytes,
          reserved: lengthOf(entry.size, part),
          err: error,
        });
        await pause(attempt === ATTEMPTS ? 0 : RETRY_MS);
      }
    }
  }

  /** Turns a reservation into what was delivered; a budget used up with nothing open ends the grant (ADR 0034). */
  async settleBudget(
    tx: Tx,
    grant: DeliveryGrant,
    { reserved, delivered, finished }: Settlement,
  ): Promise<void> {
    if (grant.maxBytes === null && grant.maxDownloads === null) {
      return;
    }
    await this.grants.settle(tx, grant.id, reserved, delivered);
    if (finished !== undefined && grant.maxDownloads !== null) {
      await this.grants.markDelivered(tx, grant.id, finished);
    }
    if (await this.grants.isUsedUp(tx, grant.id)) {
      const event = await this.audit.record(tx, 'grant.exhausted', {
        ...grantFields(grant),
        ...BROKER_ACTOR,
        reasonCodes: ['budget_exhausted'],
      });
      await this.grants.exhaust(tx, grant.id, event, this.clock.now());
      await this.closures.openAfter(tx, [grant]);
    }
  }

  private prepare(reading: Reading, reason: CutReason | undefined): Promise<PreparedEvent> {
    const { admission, entry, part, stream } = reading;
    return this.audit.prepare(reason === undefined ? 'object.delivered' : 'object.cut', {
      ...admittedFields(admission),
      objectId: entry.name,
      ...versionFields(admission.grant, entry),
      range: rangeText(part),
      bytes: stream.bytes,
      outcome: reason === undefined ? 'success' : 'failed',
      reasonCodes: reason === undefined ? [] : [reason],
    });
  }

  // The row is claimed first: a worker that took the node for lost has written the end already.
  private async settle(
    tx: Tx,
    { admission, entry, part, stream }: Reading,
    event: PreparedEvent,
  ): Promise<void> {
    if (await this.openStreams.remove(tx, stream.id)) {
      await this.audit.insert(tx, [event]);
      const isFinished =
        event.type === 'object.delivered' && (!part || part.last === entry.size - 1);
      await this.settleBudget(tx, admission.grant, {
        reserved: lengthOf(entry.size, part),
        delivered: stream.bytes,
        finished: isFinished ? entry.name : undefined,
      });
    }
  }
}
