import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { PERSONAL_VALUES, type ErasureMoment, type KnownPerson } from './personal-values.js';

/** Something with a person's name on it that stays, because it is what was signed. */
export interface KeptDocument {
  readonly kind: 'sign_off' | 'certificate' | 'agreement';
  readonly id: string;
}

export interface PersonToErase extends KnownPerson {
  readonly status: 'active' | 'suspended' | 'erased';
  /** Where the person belongs, else where they last did; the first is asked for its dpo. */
  readonly organisationIds: readonly string[];
}

export interface ErasureRow extends ErasureMoment {
  readonly personId: string;
  readonly legalBasis: string | null;
  readonly kept: readonly KeptDocument[];
  readonly completeAfter: Date;
  readonly finishedAt: Date | null;
}

const COLUMNS = `person_id AS "personId", legal_basis AS "legalBasis", kept, erased_at AS at,
  complete_after AS "completeAfter", finished_at AS "finishedAt", audit_event_id AS "auditEventId"`;

@Injectable()
export class ErasuresRepository {
  async findPerson(manager: EntityManager, id: string): Promise<PersonToErase | undefined> {
    const [row] = await manager.query<PersonToErase[]>(
      `SELECT p.id, p.issuer, p.subject, p.name, p.email, p.pseudonym, p.status, coalesce((
         SELECT array_agg(m.organisation_id ORDER BY (m.ended_at IS NULL) DESC, m.id DESC)
         FROM membership m WHERE m.person_id = p.id AND (m.ended_at IS NULL OR NOT EXISTS (
           SELECT FROM membership o WHERE o.person_id = p.id AND o.ended_at IS NULL))), '{}') AS "organisationIds"
       FROM person p WHERE p.id = $1`,
      [id],
    );
    return row;
  }

  async isHeld(manager: EntityManager, personId: string): Promise<boolean> {
    const [row] = await manager.query<{ held: boolean }[]>('SELECT is_person_held($1) AS held', [
      personId,
    ]);
    return row?.held !== false;
  }

  async operatorId(manager: EntityManager): Promise<string> {
    const [row] = await manager.query<{ id: string }[]>(
      'SELECT id FROM organisation WHERE is_operator',
    );
    return row?.id ?? '';
  }

  async isProposed(manager: EntityManager, personId: string, now: Date): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM approval WHERE act = 'subject_erase' AND target_id = $1 AND status = 'proposed' AND expires_at > $2`,
      [personId, now],
    );
    return rows.length > 0;
  }

  /** Sign-offs and certificates of the person, and agreements that name them as a contact. */
  async keptOf(
    manager: EntityManager,
    { id, email }: Pick<KnownPerson, 'id' | 'email'>,
  ): Promise<readonly KeptDocument[]> {
    return manager.query<KeptDocument[]>(
      `SELECT 'sign_off' AS kind, id FROM agreement_signoff WHERE person_id = $1
       UNION ALL SELECT 'certificate', id FROM closure WHERE attested_by = $1
       UNION ALL (SELECT DISTINCT 'agreement', agreement_id FROM agreement_version
         WHERE version_hash IS NOT NULL AND position(nullif($2, '') IN terms::text) > 0)`,
      [id, email],
    );
  }

  async insert(tx: Tx, row: Omit<ErasureRow, 'finishedAt'>): Promise<void> {
    await tx.query(
      `INSERT INTO erasure (person_id, legal_basis, kept, erased_at, complete_after, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id) DO UPDATE SET finished_at = NULL,
         erased_at = excluded.erased_at, complete_after = excluded.complete_after, audit_event_id = excluded.audit_event_id`,
      [
        row.personId,
        row.legalBasis,
        JSON.stringify(row.kept),
        row.at,
        row.completeAfter,
        row.auditEventId,
      ],
    );
  }

  /** Takes the person's values out of every table that holds some. */
  async eraseValues(tx: Tx, person: KnownPerson, moment: ErasureMoment): Promise<void> {
    for (const { statements } of PERSONAL_VALUES) {
      for (const [sql, params] of statements(person, moment)) {
        await tx.query(sql, [...params]);
      }
    }
  }

  async find(manager: EntityManager, personId: string): Promise<ErasureRow | undefined> {
    const [row] = await manager.query<ErasureRow[]>(
      `SELECT ${COLUMNS} FROM erasure WHERE person_id = $1`,
      [personId],
    );
    return row;
  }

  async listUnfinished(manager: EntityManager, limit: number): Promise<readonly ErasureRow[]> {
    return manager.query<ErasureRow[]>(
      `SELECT ${COLUMNS} FROM erasure WHERE finished_at IS NULL ORDER BY erased_at LIMIT $1`,
      [limit],
    );
  }

  async finish(manager: EntityManager, { personId, at }: ErasureRow, now: Date): Promise<void> {
    await manager.query(
      'UPDATE erasure SET finished_at = $3 WHERE person_id = $1 AND erased_at = $2 AND finished_at IS NULL',
      [personId, at, now],
    );
  }

  /** Those of them whom this database still knows: it was restored from before their erasure. */
  async listUnerased(manager: EntityManager, ids: readonly string[]): Promise<readonly string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM person WHERE id = ANY($1::uuid[]) AND status <> 'erased' ORDER BY id`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }
}
