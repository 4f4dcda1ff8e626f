import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import { payloadAad } from '../audit.service.js';
import { NOBODY } from '../event-preparation.js';
import { LogHalt } from '../publisher/log-halt.js';
import {
  eventRows,
  payloadsOf,
  unplacedAfter,
  type EventRow,
  type PayloadOf,
} from './event-rows.js';
import { differenceOf, type OpenedRow } from './event-witness.js';

const PAGE = 500n;
/** A few milliseconds of hashing: a worker has other work as well. */
const EVENTS_PER_TURN = 50;
const IDS_AT_ONCE = 10_000;

/** Compares every published event's row and payload with what its leaf commits to, and looks for events in no log (ADR 0048). */
@Injectable()
export class TrailCheck {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
  ) {}

  /**
   * @param size so many events are published: the log itself was compared with their leaves before.
   * @throws LogHalt `log_row_differs` naming the event and what of it is another, unless that was accepted; `log_check_failed`
   * for an event in no log.
   */
  async check(size: bigint, onEvents: (more: number) => void): Promise<void> {
    for (let from = 0n; from < size; from += PAGE) {
      const to = from + PAGE < size ? from + PAGE : size;
      await this.comparePage(from, to);
      onEvents(Number(to - from));
    }
    await this.requirePlaces();
  }

  private async comparePage(from: bigint, to: bigint): Promise<void> {
    const { manager } = this.database;
    const events = await eventRows(manager, from, to);
    const payloads = await payloadsOf(manager, events);
    for (const [at, event] of events.entries()) {
      if (at % EVENTS_PER_TURN === 0) {
        await nextTurn();
      }
      const opened = await Promise.all((payloads.get(event.id) ?? []).map((row) => this.open(row)));
      const difference = differenceOf(
        event,
        opened.filter((row) => row !== undefined),
      );
      if (difference !== undefined) {
        const rows = payloads.get(event.id) ?? [];
        await this.found(
          `event ${event.index} did not commit to its ${difference}, in ${contentOf(event, rows)}`,
        );
      }
    }
  }

  // A row that no backup gives back is no reason to grant nothing for ever: an operator accepts it as it is, and no other.
  private async found(difference: string): Promise<void> {
    const accepted = await this.database.manager.query<unknown[]>(
      `SELECT FROM log_halt WHERE is_accepted AND detail = $1 LIMIT 1`,
      [difference],
    );
    if (accepted.length === 0) {
      throw new LogHalt('log_row_differs', difference);
    }
  }

  /** Undefined for a row whose key was destroyed: it is about to go, and says nothing any more. */
  private async open({ eventId, subjectId, body }: PayloadOf): Promise<OpenedRow | undefined> {
    if (subjectId === NOBODY) {
      return { subjectId, body };
    }
    try {
      const clear = await this.keys.decrypt(subjectId, payloadAad(eventId, subjectId), body);
      return clear && { subjectId, body: clear };
    } catch (error) {
      if (isUnauthentic(error)) {
        return { subjectId, body: undefined };
      }
      throw error;
    }
  }

  /** An event that neither has its place nor waits for it is never published, and nobody outside would miss it. */
  private async requirePlaces(): Promise<void> {
    let after: string | null = NOBODY;
    while (after !== null) {
      const { last, unplaced } = await unplacedAfter(this.database.manager, after, IDS_AT_ONCE);
      if (unplaced !== null) {
        throw new LogHalt(
          'log_check_failed',
          `the event ${unplaced} has no place in the log, and waits for none`,
        );
      }
      after = last;
    }
  }
}

/** Names the rows as they are, so that what was accepted of them is not what they are changed to later. */
function contentOf(event: EventRow, rows: readonly PayloadOf[]): string {
  const hash = createHash('sha256').update(JSON.stringify(event));
  for (const { subjectId, body } of rows.toSorted((a, b) => (a.subjectId < b.subjectId ? -1 : 1))) {
    hash.update(subjectId).update(body);
  }
  return `rows of sha-256 ${hash.digest('hex')}`;
}

/** What node:crypto says of a text that was changed or cut, unlike a database that is away. */
function isUnauthentic(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    (typeof code === 'string' && code.startsWith('ERR_CRYPTO_')) ||
    (typeof message === 'string' && message.includes('unable to authenticate data'))
  );
}
