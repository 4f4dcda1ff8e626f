import { Inject, Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import type { Tx } from '../platform/database/database.js';
import { queryPlanned } from '../platform/database/planned-statement.js';
import { SubjectErased, SubjectKeys } from '../platform/secrets/subject-keys.js';
import {
  EVENT_COLUMNS,
  NOBODY,
  prepareEvent,
  type EventInput,
  type PreparedEvent,
} from './event-preparation.js';
import type { EventType } from './event-types.js';

const ROWS_PER_STATEMENT = 500;
/** A few milliseconds of hashing. */
const EVENTS_PER_TURN = 50;

/** The insertion of events, alone or in a statement that writes their effect as well. */
export interface EventInsert {
  readonly text: string;
  /** `inserted_event AS (…), inserted_payload AS (…)`, to stand after WITH. */
  readonly ctes: string;
  readonly params: readonly unknown[];
}

/** The only way to write an event: in the transaction of its effect (A1, A3). */
@Injectable()
export class AuditService {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
    private readonly subjectKeys: SubjectKeys,
  ) {}

  /**
   * Records one event in the caller's open transaction.
   * @returns the event's id, for the `audit_event_id` of the row it explains.
   * @throws ConcordatError `audit_unavailable` (503) when it cannot be written; the caller's transaction rolls back.
   */
  async record<T extends EventType>(tx: Tx, type: T, input: EventInput<T>): Promise<string> {
    const event = await this.prepare(type, input);
    await this.insert(tx, [event]);
    return event.id;
  }

  /**
   * Records many events, those of a cascade for instance. Hashing takes longer than anything else in it: every few events,
   * other requests have their turn.
   * @returns their ids, in the order of the inputs.
   */
  async recordAll<T extends EventType>(
    tx: Tx,
    type: T,
    inputs: readonly EventInput<T>[],
  ): Promise<readonly string[]> {
    const events: PreparedEvent[] = [];
    for (let at = 0; at < inputs.length; at += EVENTS_PER_TURN) {
      if (at > 0) {
        await nextTurn();
      }
      const few = inputs.slice(at, at + EVENTS_PER_TURN);
      events.push(...(await Promise.all(few.map((input) => this.prepare(type, input)))));
    }
    await this.insert(tx, events);
    return events.map(({ id }) => id);
  }

  /** Writes prepared events in as few statements as their number allows. */
  async insert(tx: Tx, events: readonly PreparedEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += ROWS_PER_STATEMENT) {
      const { text, params } = eventInsert(events.slice(start, start + ROWS_PER_STATEMENT));
      try {
        await (events.length === 1 ? queryPlanned(tx, text, params) : tx.query(text, [...params]));
      } catch (error) {
        throw new ConcordatError('audit_unavailable', {}, { cause: error });
      }
    }
  }

  /**
   * An event with its personal rows encrypted, ready for `insert` or for `eventInsert` inside another statement. Of
   * somebody who was erased it says nothing: those fields are absent.
   * @param id where something names the event before it is written.
   */
  async prepare<T extends EventType>(
    type: T,
    input: EventInput<T>,
    id = this.ids.next(),
  ): Promise<PreparedEvent> {
    const now = this.clock.now();
    const erased = new Set<string>();
    for (;;) {
      try {
        return await this.encrypt(prepareEvent(id, type, now, input, erased));
      } catch (error) {
        if (!(error instanceof SubjectErased) || erased.has(error.subjectId)) {
          throw error instanceof TypeError
            ? error
            : new ConcordatError('audit_unavailable', {}, { cause: error });
        }
        erased.add(error.subjectId);
      }
    }
  }

  private async encrypt(event: PreparedEvent): Promise<PreparedEvent> {
    const payloads = await Promise.all(
      event.payloads.map(async ({ subjectId, body }) => ({
        subjectId,
        body:
          subjectId === NOBODY
            ? body
            : await this.subjectKeys.encrypt(subjectId, payloadAad(event.id, subjectId), body),
      })),
    );
    return { ...event, payloads };
  }
}

/** Binds a personal payload row to its event and subject (audit-log section 11). */
export function payloadAad(eventId: string, subjectId: string): string {
  return `concordat/audit-payload/v1|${eventId}|${subjectId}`;
}

/**
 * @param firstParam number of the first parameter placeholder this fragment may use.
 */
export function eventInsert(events: readonly PreparedEvent[], firstParam = 1): EventInsert {
  const params: unknown[] = [];
  const placeholder = (value: unknown, type: string): string => {
    params.push(value);
    return `$${String(firstParam + params.length - 1)}::${type}`;
  };
  const eventRows = events.map(
    ({ columns }) =>
      `(${EVENT_COLUMNS.map(([, type], at) => placeholder(columns[at], type)).join(', ')})`,
  );
  const payloadRows = events.flatMap(({ id, payloads }) =>
    payloads.map(
      ({ subjectId, body }) =>
        `(${placeholder(id, 'uuid')}, ${placeholder(subjectId, 'uuid')}, ${placeholder(body, 'bytea')})`,
    ),
  );
  const names = EVENT_COLUMNS.map(([name]) => name).join(', ');
  const event = `INSERT INTO audit_event (${names}) VALUES ${eventRows.join(', ')}`;
  const payload = `INSERT INTO audit_payload (event_id, subject_id, body) VALUES ${payloadRows.join(', ')}`;
  return {
    text: `WITH inserted_event AS (${event}) ${payload}`,
    ctes: `inserted_event AS (${event}), inserted_payload AS (${payload})`,
    params,
  };
}
