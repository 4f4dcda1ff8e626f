import { Injectable } from '@nestjs/common';
import { NOBODY } from '../../audit/event-preparation.js';
import { readPayload } from '../../audit/payload.js';
import type { Tx } from '../../platform/database/database.js';
import type { Refusal } from './refusals.rules.js';
import { BURST_MS } from './refusals.rules.js';
import { USE_TYPES, type Use, type UseOfDay } from './uses.rules.js';
import { PAST_DAYS, type GrantDay } from './volume.rules.js';

/** More refusals than that in two hours are a flood, and each of them tells the same. */
const MAX_REFUSALS = 20_000;

/** The places of the log from `from` to before `to`. */
export interface Places {
  readonly from: string;
  readonly to: string;
}

type UseRow = Omit<Use, 'bytes' | 'isByProgram'> & {
  readonly bytes: string | null;
  /** The fields about nobody, in clear; null once they were erased. */
  readonly body: Buffer | null;
};

// As text, not as a parameter: the planner knows the types.
const USES = USE_TYPES.map((type) => `'${type}'`).join(', ');

const BATCH = `log_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.idx >= $1 AND l.idx < $2`;

/** Who was refused, as the first in `person_ids`: whoever acted. What the anonymous were refused is nobody's. */
const REFUSAL = `e.outcome = 'refused' AND e.type IN ('access.denied', 'grant.refused') AND e.person_ids <> '{}'`;

const REFUSALS_BETWEEN = `
  SELECT e.occurred_at AS at, e.person_ids[1] AS "personId",
    CASE WHEN o.id IS NULL THEN e.organisation_ids ELSE ARRAY[o.id] END AS "organisationIds",
    CASE WHEN e.reason_codes = '{not_found}' THEN e.target_id END AS "hiddenId"
  FROM audit_event e
    LEFT JOIN grants g ON g.id = e.grant_id
    LEFT JOIN access_request r ON r.id = e.access_request_id
    LEFT JOIN organisation o ON o.id = coalesce(g.organisation_id, r.organisation_id)
  WHERE e.occurred_at > $1 AND e.occurred_at < $2 AND e.outcome <> 'success' AND ${REFUSAL}
  ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${String(MAX_REFUSALS)}`;

/** What the rules look at: events that have their place in the log, and what was added up of them before. */
@Injectable()
export class AlertSourcesRepository {
  /**
   * Takes the sweep's place in the log, until COMMIT.
   * @returns the next places, at most so many; undefined when there are none, or another worker has the sweep.
   */
  async take(tx: Tx, atMost: number): Promise<Places | undefined> {
    const [cursor] = await tx.query<{ from: string }[]>(
      `SELECT next_idx AS "from" FROM audit_alert_cursor WHERE id = 1 FOR UPDATE SKIP LOCKED`,
    );
    if (!cursor) {
      return undefined;
    }
    const { from } = cursor;
    const [end] = await tx.query<{ to: string | null }[]>(
      `SELECT max(idx) + 1 AS "to" FROM log_leaf WHERE idx >= $1 AND idx < $1::bigint + $2`,
      [from, atMost],
    );
    const to = end?.to ?? null;
    return to === null ? undefined : { from, to };
  }

  async leave(tx: Tx, { to }: Places): Promise<void> {
    await tx.query('UPDATE audit_alert_cursor SET next_idx = $1 WHERE id = 1', [to]);
  }

  async uses(tx: Tx, { from, to }: Places): Promise<readonly Use[]> {
    const rows = await tx.query<UseRow[]>(
      `SELECT e.type, e.occurred_at AS "occurredAt", e.bytes, e.reason_codes AS "reasonCodes", e.grant_id AS "grantId", y.body
       FROM (SELECT e.* FROM ${BATCH} AND e.grant_id IS NOT NULL AND e.type IN (${USES})) e
         LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '${NOBODY}'`,
      [from, to],
    );
    return rows.map(({ body, bytes, ...row }) => ({
      ...row,
      bytes: bytes === null ? null : Number(bytes),
      isByProgram: isByProgram(body),
    }));
  }

  /** Those that could be in a burst with one of the places; none when there is none in them. */
  async refusals(tx: Tx, { from, to }: Places): Promise<readonly Refusal[]> {
    const [span] = await tx.query<{ first: Date | null; last: Date | null }[]>(
      `SELECT min(e.occurred_at) AS first, max(e.occurred_at) AS last FROM ${BATCH} AND ${REFUSAL}`,
      [from, to],
    );
    if (!span?.first || !span.last) {
      return [];
    }
    const [after, before] = [span.first.getTime() - BURST_MS, span.last.getTime() + BURST_MS];
    return tx.query<Refusal[]>(REFUSALS_BETWEEN, [new Date(after), new Date(before)]);
  }

  async add(tx: Tx, days: readonly UseOfDay[]): Promise<void> {
    await tx.query(
      `INSERT INTO audit_alert_volume AS v (grant_id, day, bytes, reads, out_of_hours)
       SELECT u.* FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS u (grant_id, day, bytes, reads, out_of_hours) JOIN grants g ON g.id = u.grant_id
       ON CONFLICT (grant_id, day) DO UPDATE SET bytes = v.bytes + excluded.bytes, reads = v.reads + excluded.reads,
         out_of_hours = v.out_of_hours + excluded.out_of_hours`,
      [
        days.map(({ grantId }) => grantId),
        days.map(({ day }) => day),
        days.map(({ bytes }) => bytes),
        days.map(({ reads }) => reads),
        days.map(({ outOfHours }) => outOfHours),
      ],
    );
  }

  /** Of whoever holds these grants, all that they read on the day and in its past, under any grant. */
  async volumes(tx: Tx, grantIds: readonly string[], day: string): Promise<readonly GrantDay[]> {
    const rows = await tx.query<(GrantDay & Record<'bytes' | 'reads' | 'outOfHours', string>)[]>(
      VOLUMES,
      [grantIds, day],
    );
    return rows.map((row) => ({
      ...row,
      bytes: Number(row.bytes),
      reads: Number(row.reads),
      outOfHours: Number(row.outOfHours),
    }));
  }

  /** What is older than any past. */
  async forget(tx: Tx, before: string): Promise<void> {
    await tx.query('DELETE FROM audit_alert_volume WHERE day < $1', [before]);
  }
}

const VOLUMES = `
  SELECT g.id AS "grantId", g.person_id AS "personId", g.organisation_id AS "organisationId",
    g.provider_id AS "providerId", v.day::text AS day, v.bytes, v.reads, v.out_of_hours AS "outOfHours"
  FROM (SELECT DISTINCT person_id FROM grants WHERE id = ANY ($1::uuid[])) p
    JOIN grants g ON g.person_id = p.person_id
    JOIN audit_alert_volume v ON v.grant_id = g.id AND v.day >= $2::date - ${String(PAST_DAYS)} AND v.day <= $2::date`;

function isByProgram(body: Buffer | null): boolean {
  const fields = body === null ? [] : readPayload(body).fields;
  return fields.some(([name, value]) => name === 'clientId' && value !== null);
}
