import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import type { VersionKey } from '../versions/versions.repository.js';

/** An ended term as a version was told of it: once for each. */
interface EndedTerm {
  readonly vocabulary: string;
  readonly code: string;
  readonly endedOn: string;
}

/** Versions in force, and the ended terms they were told of. */
@Injectable()
export class EndedTermsRepository {
  /** @param after the agreement after which the page starts; null for the first. */
  async live(
    manager: EntityManager,
    after: string | null,
    limit: number,
  ): Promise<readonly VersionKey[]> {
    return manager.query<VersionKey[]>(
      `SELECT agreement_id AS id, version FROM agreement_version
       WHERE status IN ('active', 'suspended') AND ($1::uuid IS NULL OR agreement_id > $1)
       ORDER BY agreement_id LIMIT $2`,
      [after, limit],
    );
  }

  async told(tx: Tx, { id, version }: AgreementVersion): Promise<readonly EndedTerm[]> {
    return tx.query<EndedTerm[]>(
      `SELECT vocabulary, code, ended_on::text AS "endedOn" FROM agreement_ended_term
       WHERE agreement_id = $1 AND version = $2`,
      [id, version],
    );
  }

  async insert(
    tx: Tx,
    { id, version }: AgreementVersion,
    { vocabulary, code, endedOn }: EndedTerm,
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO agreement_ended_term (agreement_id, version, vocabulary, code, ended_on, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, version, vocabulary, code, endedOn, auditEventId],
    );
  }
}
