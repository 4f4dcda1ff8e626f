import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { ClosureEntity } from './closure.entity.js';
import type { ClosedUse, ClosureStatus } from './closure.rules.js';

/** A project's use of an agreement. */
export interface ProjectUse {
  readonly projectId: string;
  readonly agreementId: string;
}

/** Who owes whom a certificate, and how many days the agreement gives. */
export interface OwedClosure extends ProjectUse {
  readonly organisationId: string;
  readonly providerId: string;
  readonly agreementVersion: number;
  readonly disposalDays: number;
  /** Of an earlier one that is still owed. */
  readonly openId: string | null;
}

export interface OpenedClosure extends OwedClosure {
  readonly id: string;
  readonly eventId: string;
  readonly dueAt: Date;
}

/** Somebody to be told of a closure. */
export interface Addressee {
  readonly closureId: string;
  readonly personId: string;
  readonly email: string;
  readonly agreement: string;
  readonly agreementId: string;
  readonly project: string;
  readonly organisation: string;
  readonly provider: string;
  readonly dueAt: Date;
}

export interface ClosureFilter {
  /** Of these organisations, owed by or to them; null: of all. */
  readonly organisationIds: readonly string[] | null;
  readonly agreementId: string | null;
  readonly status: ClosureStatus | null;
}

const NOTHING_LIVE = (closure: string): string =>
  `NOT EXISTS (SELECT FROM grants l WHERE l.project_id = ${closure}.project_id
     AND l.agreement_id = ${closure}.agreement_id AND l.status IN ('issued', 'active'))`;

@Injectable()
export class ClosuresRepository {
  /**
   * Of the uses that have no live grant left: who held grants, from whom, that no earlier closure covers. The caller holds
   * the closure lock of each agreement, or two last ends at once would each see the other's grant alive.
   */
  async owedAfter(tx: Tx, uses: readonly ProjectUse[]): Promise<readonly OwedClosure[]> {
    return tx.query<OwedClosure[]>(
      `SELECT g.project_id AS "projectId", g.agreement_id AS "agreementId", g.organisation_id AS "organisationId",
         g.provider_id AS "providerId", g.agreement_version AS "agreementVersion",
         coalesce((v.terms ->> 'disposalDays')::int, 30) AS "disposalDays",
         (SELECT c.id FROM closure c WHERE c.project_id = g.project_id AND c.agreement_id = g.agreement_id
            AND c.organisation_id = g.organisation_id AND c.provider_id = g.provider_id
            AND c.status IN ('due', 'overdue')) AS "openId"
       FROM (SELECT p.project_id, p.agreement_id, p.organisation_id, p.provider_id, max(p.agreement_version) AS agreement_version
         FROM unnest($1::uuid[], $2::uuid[]) AS e (project_id, agreement_id)
         JOIN grants p ON p.project_id = e.project_id AND p.agreement_id = e.agreement_id
         WHERE ${NOTHING_LIVE('e')} AND NOT EXISTS (SELECT FROM closure c WHERE c.project_id = p.project_id
           AND c.agreement_id = p.agreement_id AND c.organisation_id = p.organisation_id
           AND c.provider_id = p.provider_id AND c.opened_at >= p.ended_at)
         GROUP BY 1, 2, 3, 4) g
       JOIN agreement_version v ON v.agreement_id = g.agreement_id AND v.version = g.agreement_version
       ORDER BY 1, 2, 3, 4`,
      [uses.map(({ projectId }) => projectId), uses.map(({ agreementId }) => agreementId)],
    );
  }

  /** @returns whether anybody owes a certificate under the agreement, and whether its day has passed, swept or not (R3.25). */
  async owed(tx: Tx, agreementId: string, now: Date): Promise<'nothing' | 'due' | 'overdue'> {
    const [row] = await tx.query<{ isLate: boolean | null }[]>(
      `SELECT bool_or(status = 'overdue' OR due_at <= $2) AS "isLate" FROM closure
       WHERE agreement_id = $1 AND status IN ('due', 'overdue')`,
      [agreementId, now],
    );
    const isLate = row?.isLate ?? null;
    return isLate === null ? 'nothing' : isLate ? 'overdue' : 'due';
  }

  /** Locks what is open of these uses, so that nobody attests it while it is opened again. */
  async lockOpen(tx: Tx, uses: readonly ProjectUse[]): Promise<void> {
    await tx.query(
      `SELECT c.id FROM closure c JOIN unnest($1::uuid[], $2::uuid[]) AS e (project_id, agreement_id)
         ON c.project_id = e.project_id AND c.agreement_id = e.agreement_id
       WHERE c.status IN ('due', 'overdue') ORDER BY c.id FOR UPDATE OF c`,
      [uses.map(({ projectId }) => projectId), uses.map(({ agreementId }) => agreementId)],
    );
  }

  /** A use that went on after a closure fell due, and ended again, moves its day; what is overdue stays so. */
  async open(tx: Tx, rows: readonly OpenedClosure[], openedAt: Date): Promise<void> {
    await tx.query(
      `INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
         audit_event_id)
       SELECT o.id, o.project_id, o.agreement_id, o.organisation_id, o.provider_id, 'due', $1, o.due_at, o.event_id
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::uuid[])
         AS o (id, project_id, agreement_id, organisation_id, provider_id, due_at, event_id)
       ON CONFLICT (id) DO UPDATE SET opened_at = excluded.opened_at, audit_event_id = excluded.audit_event_id,
         due_at = CASE closure.status WHEN 'due' THEN excluded.due_at ELSE closure.due_at END`,
      [
        openedAt,
        rows.map(({ id }) => id),
        rows.map(({ projectId }) => projectId),
        rows.map(({ agreementId }) => agreementId),
        rows.map(({ organisationId }) => organisationId),
        rows.map(({ providerId }) => providerId),
        rows.map(({ dueAt }) => dueAt),
        rows.map(({ eventId }) => eventId),
      ],
    );
  }

  /**
   * Who held the grants, and the data_owners of the organisation that owes.
   * @param withProvider the dpos of the provider too.
   */
  async addressees(
    tx: Tx,
    closureIds: readonly string[],
    { today, withProvider }: { readonly today: string; readonly withProvider: boolean },
  ): Promise<readonly Addressee[]> {
    return tx.query<Addressee[]>(
      `SELECT c.id AS "closureId", p.id AS "personId", p.email, a.reference AS agreement, a.id AS "agreementId",
         j.reference AS project, o.name AS organisation, q.name AS provider, c.due_at AS "dueAt"
       FROM closure c JOIN agreement a ON a.id = c.agreement_id JOIN project j ON j.id = c.project_id
         JOIN organisation o ON o.id = c.organisation_id JOIN organisation q ON q.id = c.provider_id
         CROSS JOIN LATERAL (
           SELECT g.person_id FROM grants g WHERE g.project_id = c.project_id AND g.agreement_id = c.agreement_id
             AND g.organisation_id = c.organisation_id AND g.provider_id = c.provider_id
           UNION
           SELECT m.person_id FROM membership m JOIN membership_role r ON r.membership_id = m.id
           WHERE m.ended_at IS NULL AND m.starts_on <= $2 AND (m.ends_on IS NULL OR m.ends_on >= $2)
             AND r.ended_at IS NULL AND r.starts_on <= $2 AND (r.ends_on IS NULL OR r.ends_on >= $2)
             AND ((m.organisation_id = c.organisation_id AND r.role = 'data_owner')
               OR ($3 AND m.organisation_id = c.provider_id AND r.role = 'dpo'))) told
         JOIN person p ON p.id = told.person_id AND p.status = 'active' AND p.email IS NOT NULL
       WHERE c.id = ANY ($1::uuid[]) ORDER BY c.id, p.id`,
      [closureIds, today, withProvider],
    );
  }

  async find(manager: EntityManager, id: string): Promise<ClosureEntity | null> {
    return manager.findOneBy(ClosureEntity, { id });
  }

  async findLocked(tx: Tx, id: string): Promise<ClosureEntity | null> {
    return tx.findOne(ClosureEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async isInUse(tx: Tx, { projectId, agreementId }: ProjectUse, now: Date): Promise<boolean> {
    const [row] = await tx.query<{ live: boolean }[]>(
      `SELECT EXISTS (SELECT FROM grants WHERE project_id = $1 AND agreement_id = $2
         AND status IN ('issued', 'active') AND expires_at > $3) AS live`,
      [projectId, agreementId, now],
    );
    return row?.live === true;
  }

  async usedFor(
    tx: Tx,
    { projectId, agreementId, organisationId, providerId }: ClosureEntity,
  ): Promise<ClosedUse | undefined> {
    const [row] = await tx.query<ClosedUse[]>(
      `SELECT (SELECT v.terms ->> 'disposal' FROM agreement_version v
           WHERE v.agreement_id = $2 AND v.version = max(g.agreement_version)) AS disposal,
         to_char(min(g.issued_at) AT TIME ZONE 'Europe/London', 'YYYY-MM-DD') AS "firstGrantedOn",
         bool_or(EXISTS (SELECT FROM audit_event e WHERE e.grant_id = g.id
           AND e.type IN ('object.opened', 'object.url-issued', 'object.credential-issued'))) AS "isFetched"
       FROM grants g WHERE g.project_id = $1 AND g.agreement_id = $2 AND g.organisation_id = $3 AND g.provider_id = $4
       HAVING count(*) > 0`,
      [projectId, agreementId, organisationId, providerId],
    );
    return row;
  }

  async update(tx: Tx, id: string, changes: Partial<ClosureEntity>): Promise<void> {
    await tx.update(ClosureEntity, { id }, changes);
  }

  /** Due closures whose day has passed; those of a use that goes on wait, those another worker writes are skipped. */
  async lockLate(tx: Tx, now: Date, limit: number): Promise<ClosureEntity[]> {
    return tx
      .createQueryBuilder(ClosureEntity, 'closure')
      .where(`closure.status = 'due' AND closure.due_at <= :now AND ${NOTHING_LIVE('closure')}`, {
        now,
      })
      .orderBy('closure.due_at')
      .limit(limit)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }

  /** Newest first. */
  async list(
    manager: EntityManager,
    { organisationIds, agreementId, status }: ClosureFilter,
    now: Date,
    after: string | null,
    limit: number,
  ): Promise<ClosureEntity[]> {
    const query = manager
      .createQueryBuilder(ClosureEntity, 'closure')
      .where('true')
      .orderBy('closure.id', 'DESC')
      .limit(limit);
    if (organisationIds !== null) {
      query.andWhere(
        '(closure.organisation_id = ANY(:organisationIds) OR closure.provider_id = ANY(:organisationIds))',
        { organisationIds },
      );
    }
    if (agreementId !== null) {
      query.andWhere('closure.agreement_id = :agreementId', { agreementId });
    }
    if (status !== null) {
      query.andWhere(
        `CASE WHEN closure.status = 'due' AND closure.due_at <= :now THEN 'overdue' ELSE closure.status END = :status`,
        { status, now },
      );
    }
    if (after !== null) {
      query.andWhere('closure.id < :after', { after });
    }
    return query.getMany();
  }
}
