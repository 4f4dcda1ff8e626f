import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import type { ComingDate } from './coming-dates.repository.js';

/** One line of somebody's digest. */
export interface DigestLine {
  readonly about: string;
  readonly dueOn: string;
}

@Injectable()
export class RemindersRepository {
  /** Unique by (cause, subject, date) for each of the three. */
  async insert(
    tx: Tx,
    id: string,
    { cause, subjectId, dueOn, daysAhead, about }: ComingDate,
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO reminder (id, cause, subject_id, due_on, days_ahead, about, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, cause, subjectId, dueOn, daysAhead, about, auditEventId],
    );
  }

  /** The subject, and everyone in an accountable role, a deputy too. @param today a London day. */
  async addRecipients(
    tx: Tx,
    id: string,
    { personIds, organisationIds, roles }: ComingDate,
    today: string,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO reminder_recipient (reminder_id, person_id)
       SELECT $1, person_id FROM (
         SELECT unnest($2::uuid[]) AS person_id
         UNION SELECT l.person_id FROM live_role($5) l WHERE l.organisation_id = ANY($3) AND l.role = ANY($4)) concerned`,
      [id, personIds, organisationIds, roles, today],
    );
  }

  /** People with something to be told, and who were told nothing today. */
  async findWaiting(
    manager: EntityManager,
    today: string,
    limit: number,
  ): Promise<readonly string[]> {
    const rows = await manager.query<{ personId: string }[]>(
      `SELECT DISTINCT w.person_id AS "personId" FROM reminder_recipient w
       WHERE w.digest_on IS NULL AND NOT EXISTS (
         SELECT FROM reminder_recipient told WHERE told.person_id = w.person_id AND told.digest_on = $1)
       ORDER BY 1 LIMIT $2`,
      [today, limit],
    );
    return rows.map(({ personId }) => personId);
  }

  /** What the person is to be told, soonest first; from now on it is told. A worker that comes second finds nothing. */
  async takeLines(tx: Tx, personId: string, today: string): Promise<readonly DigestLine[]> {
    await tx.query(
      `SELECT FROM reminder_recipient WHERE person_id = $1 AND digest_on IS NULL ORDER BY reminder_id FOR UPDATE`,
      [personId],
    );
    return tx.query<DigestLine[]>(
      `WITH told AS (UPDATE reminder_recipient SET digest_on = $2 WHERE person_id = $1 AND digest_on IS NULL
         RETURNING reminder_id)
       SELECT r.about, r.due_on::text AS "dueOn" FROM told JOIN reminder r ON r.id = told.reminder_id
       ORDER BY r.due_on, r.about`,
      [personId, today],
    );
  }

  /** Undefined for whoever is not active, or has no address. */
  async findAddress(manager: EntityManager, personId: string): Promise<string | undefined> {
    const [row] = await manager.query<{ email: string }[]>(
      `SELECT email FROM person WHERE id = $1 AND status = 'active' AND email IS NOT NULL`,
      [personId],
    );
    return row?.email;
  }
}
