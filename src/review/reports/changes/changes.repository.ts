import type { EventPosition } from '../../audit-events.repository.js';
import type { Period } from '../period.rules.js';
import type { Reader } from '../reports.service.js';
import { EVENT_SIGHT, Params, type Statement } from '../statement.js';
import { CHANGED_THINGS, type ChangedType } from './changed-things.js';

export interface ChangesQuestion extends Period {
  readonly type: ChangedType;
  /** Of a person it is in the reader. */
  readonly id: string;
}

/** What was done to a thing; newest first. */
export function changesStatement(
  { type, id, from, to }: ChangesQuestion,
  { sees, personId }: Reader,
  { after, limit }: { readonly after: EventPosition | null; readonly limit: number },
): Statement {
  const params = new Params();
  const { types, is } = CHANGED_THINGS[type];
  const where = params.where([
    [types],
    [is, personId ?? id],
    ['e.occurred_at >= ?', from],
    ['e.occurred_at < ?', to],
    [EVENT_SIGHT, sees],
    after && [
      `(e.occurred_at, e.id) < (${params.bind(after.occurredAt)}::timestamptz, ${params.bind(after.id)}::uuid)`,
    ],
  ]);
  const sql = `
    SELECT e.id, e.type, e.occurred_at AS "occurredAt", e.outcome, e.organisation_ids AS "organisationIds"
    FROM audit_event e ${where} ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${params.bind(limit)}`;
  return { sql, params: params.values };
}
