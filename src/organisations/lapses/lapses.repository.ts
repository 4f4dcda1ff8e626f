import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Role } from '../../identity/roles.js';
import type { Tx } from '../../platform/database/database.js';

export const LAPSE_KINDS = [
  'accreditation',
  'training',
  'organisation_check',
  'membership',
  'membership_role',
] as const;
export type LapseKind = (typeof LAPSE_KINDS)[number];

/** Something whose last day is over and of which nobody has written so yet. */
export interface DueLapse {
  readonly kind: LapseKind;
  readonly id: string;
  /** The person, or for a check the organisation, that it is of. */
  readonly subjectId: string;
  /** Scheme, course or kind of check; for a membership and a role in one, its organisation. */
  readonly code: string;
  /** Of a role. */
  readonly role?: { readonly name: Role; readonly membershipId: string };
  /** False for what never counted: an accreditation that nobody verified. */
  readonly counted: boolean;
}

// Each by an index of its own, over the rows that have not lapsed.
const DUE: Readonly<Record<LapseKind, string>> = {
  accreditation: `SELECT id, person_id AS "subjectId", scheme AS code, state = 'verified' AS counted
    FROM accreditation d WHERE state IN ('recorded', 'verified') AND expires_on < $1`,
  training: `SELECT id, person_id AS "subjectId", course AS code, true AS counted
    FROM training d WHERE lapsed_at IS NULL AND expires_on < $1`,
  organisation_check: `SELECT id, organisation_id AS "subjectId", kind AS code, true AS counted
    FROM organisation_check d WHERE lapsed_at IS NULL AND expires_on < $1`,
  membership: `SELECT id, person_id AS "subjectId", organisation_id::text AS code, true AS counted
    FROM membership d WHERE ended_at IS NULL AND ends_on < $1`,
  membership_role: `SELECT d.id, m.person_id AS "subjectId", m.organisation_id::text AS code, true AS counted,
      jsonb_build_object('name', d.role, 'membershipId', m.id) AS role
    FROM membership_role d JOIN membership m ON m.id = d.membership_id AND m.ended_at IS NULL
    WHERE d.ended_at IS NULL AND d.ends_on < $1`,
};

/** Its last day. */
const LAST_DAY: Readonly<Record<LapseKind, string>> = {
  accreditation: 'expires_on',
  training: 'expires_on',
  organisation_check: 'expires_on',
  membership: 'ends_on',
  membership_role: 'd.ends_on',
};

/** Where an accreditation has a state, the others have the instant. */
const LAPSED_AT: Readonly<Record<Exclude<LapseKind, 'accreditation'>, string>> = {
  training: 'lapsed_at',
  organisation_check: 'lapsed_at',
  membership: 'ended_at',
  membership_role: 'ended_at',
};

@Injectable()
export class DueLapsesRepository {
  /** What has been over for longest comes first. @param today a London day: what ended before it is over. */
  async findDue(
    manager: EntityManager,
    kind: LapseKind,
    today: string,
    limit: number,
  ): Promise<DueLapse[]> {
    const sql = `${DUE[kind]} ORDER BY ${LAST_DAY[kind]}, d.id LIMIT $2`;
    const rows = await manager.query<Omit<DueLapse, 'kind'>[]>(sql, [today, limit]);
    return rows.map((row) => ({ ...row, kind }));
  }

  /** Once more, under the lock of its subject. */
  async find(
    manager: EntityManager,
    { kind, id }: DueLapse,
    today: string,
  ): Promise<DueLapse | undefined> {
    const [row] = await manager.query<Omit<DueLapse, 'kind'>[]>(`${DUE[kind]} AND d.id = $2`, [
      today,
      id,
    ]);
    return row && { ...row, kind };
  }

  async write(tx: Tx, { kind, id }: DueLapse, at: Date, auditEventId: string): Promise<void> {
    if (kind === 'accreditation') {
      await tx.query(
        `UPDATE accreditation SET state = 'lapsed', audit_event_id = $2 WHERE id = $1`,
        [id, auditEventId],
      );
    } else {
      await tx.query(
        `UPDATE ${kind} SET ${LAPSED_AT[kind]} = $2, audit_event_id = $3 WHERE id = $1`,
        [id, at, auditEventId],
      );
    }
  }
}
