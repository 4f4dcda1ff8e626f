import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEventRow } from './audit-event.view.js';
import type { AuditSearch } from './audit-search.js';

/** The last event of the page before. */
export type EventPosition = {
  readonly occurredAt: string;
  readonly id: string;
};

/** One page of a search. */
export interface EventPage {
  /** Whom the caller is an officer for; null for every organisation (R5.8). */
  readonly organisationIds: readonly string[] | null;
  readonly personId: string | null;
  readonly after: EventPosition | null;
  readonly limit: number;
}

export interface PayloadRow {
  readonly eventId: string;
  readonly subjectId: string;
  readonly body: Buffer;
}

const COLUMNS = `id, type, occurred_at AS "occurredAt", outcome, organisation_ids AS "organisationIds"`;

/** Condition on one filter; each has its index in the audit migration. `?` is the value. */
const FILTERS = {
  personIds: 'person_ids @> ?::uuid[]',
  organisationIds: 'organisation_ids @> ?::uuid[]',
  datasetId: 'dataset_id = ?',
  agreementId: 'agreement_id = ?',
  grantId: 'grant_id = ?',
  accessRequestId: 'access_request_id = ?',
  projectId: 'project_id = ?',
  types: 'type = ANY(?::text[])',
  outcome: 'outcome = ?',
  from: 'occurred_at >= ?',
  to: 'occurred_at < ?',
  sight: 'organisation_ids && ?::uuid[]',
} as const;

@Injectable()
export class AuditEventsRepository {
  /** Newest first; the id parts events of one instant. */
  async search(
    manager: EntityManager,
    search: AuditSearch,
    page: EventPage,
  ): Promise<readonly AuditEventRow[]> {
    const { sql, params } = searchStatement(search, page);
    return manager.query<AuditEventRow[]>(sql, params);
  }

  async find(manager: EntityManager, id: string): Promise<AuditEventRow | undefined> {
    const [row] = await manager.query<AuditEventRow[]>(
      `SELECT ${COLUMNS} FROM audit_event WHERE id = $1`,
      [id],
    );
    return row;
  }

  async payloadsOf(
    manager: EntityManager,
    eventIds: readonly string[],
  ): Promise<readonly PayloadRow[]> {
    return manager.query<PayloadRow[]>(
      `SELECT event_id AS "eventId", subject_id AS "subjectId", body FROM audit_payload WHERE event_id = ANY($1)`,
      [eventIds],
    );
  }

  async personOf(manager: EntityManager, pseudonym: string): Promise<string | undefined> {
    const [row] = await manager.query<{ id: string }[]>(
      'SELECT id FROM person WHERE pseudonym = $1',
      [pseudonym],
    );
    return row?.id;
  }

  /** Pseudonyms by id; an erased person has none. */
  async pseudonyms(
    manager: EntityManager,
    personIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ id: string; pseudonym: string }[]>(
      `SELECT id, pseudonym FROM person WHERE id = ANY($1) AND status <> 'erased'`,
      [personIds],
    );
    return new Map(rows.map(({ id, pseudonym }) => [id, pseudonym]));
  }
}

/** The statement of a search, apart from running it: its plan is tested. */
export function searchStatement(
  search: AuditSearch,
  { organisationIds, personId, after, limit }: EventPage,
): { readonly sql: string; readonly params: unknown[] } {
  const values = {
    ...search,
    personIds: personId === null ? null : [personId],
    organisationIds: search.organisationId === null ? null : [search.organisationId],
    sight: organisationIds,
  };
  const params: unknown[] = [];
  const bind = (value: unknown): string => `$${String(params.push(value))}`;
  const conditions = Object.entries(FILTERS).flatMap(([name, condition]) => {
    const value = values[name as keyof typeof FILTERS];
    return value === null ? [] : [condition.replace('?', bind(value))];
  });
  if (after) {
    conditions.push(
      `(occurred_at, id) < (${bind(after.occurredAt)}::timestamptz, ${bind(after.id)}::uuid)`,
    );
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const sql = `SELECT ${COLUMNS} FROM audit_event ${where} ORDER BY occurred_at DESC, id DESC LIMIT ${bind(limit)}`;
  return { sql, params };
}
