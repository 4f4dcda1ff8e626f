import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Amendment } from '../agreement.types.js';
import type { DraftTerms } from '../terms/terms.types.js';

/** One version of one agreement. */
export interface VersionKey {
  readonly id: string;
  readonly version: number;
}

interface NextVersion {
  readonly organisationId: string;
  readonly terms: DraftTerms;
  readonly draftedBy: string;
  readonly auditEventId: string;
}

/** The series of an agreement's versions, and what a date makes due in it. */
@Injectable()
export class VersionsRepository {
  /** The number that the next version will have: that of one given up is not used again. */
  async nextVersion(manager: EntityManager, agreementId: string): Promise<number> {
    const [row] = await manager.query<{ next: number }[]>(
      'SELECT max(version) + 1 AS next FROM agreement_version WHERE agreement_id = $1',
      [agreementId],
    );
    return row?.next ?? 1;
  }

  async insertNext(
    tx: Tx,
    base: AgreementVersion,
    version: number,
    { organisationId, terms, draftedBy, auditEventId }: NextVersion,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO agreement_version (agreement_id, version, amends, status, terms, title, organisation_id, drafted_by,
         editors, audit_event_id) VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9)`,
      [
        base.id,
        version,
        base.version,
        terms,
        terms.title ?? '',
        organisationId,
        draftedBy,
        [draftedBy],
        auditEventId,
      ],
    );
  }

  async setAmendment(tx: Tx, { id, version }: VersionKey, amendment: Amendment): Promise<void> {
    await tx.query(
      'UPDATE agreement_version SET amendment = $3 WHERE agreement_id = $1 AND version = $2',
      [id, version, amendment],
    );
  }

  async makeCurrent(tx: Tx, { id, version }: VersionKey): Promise<void> {
    await tx.query('UPDATE agreement SET current_version = $2 WHERE id = $1', [id, version]);
  }

  /** Where to write to those of these people who can be written to. */
  async addresses(
    manager: EntityManager,
    personIds: readonly string[],
  ): Promise<readonly { readonly personId: string; readonly email: string }[]> {
    return manager.query(
      `SELECT id AS "personId", email FROM person
       WHERE id = ANY($1) AND email IS NOT NULL AND status = 'active' ORDER BY id`,
      [personIds],
    );
  }

  /** Whoever left under this version stands in none after it: neither terms nor events of those are theirs to read. */
  async endDeparted(tx: Tx, { id, version }: VersionKey): Promise<void> {
    await tx.query(
      `UPDATE agreement_party SET until_version = $2 WHERE agreement_id = $1 AND until_version IS NULL
         AND status IN ('withdrawn', 'excluded', 'lapsed')`,
      [id, version],
    );
  }

  /**
   * Versions that await nothing but their day: all who must sign have, and what they amend does not stand in the way.
   * The same as `Activation.isDue`, so that a version that waits for somebody never fills the page.
   */
  async dueActivations(
    manager: EntityManager,
    now: Date,
    limit: number,
  ): Promise<readonly VersionKey[]> {
    return manager.query<VersionKey[]>(
      `SELECT v.agreement_id AS id, v.version FROM agreement_version v
         LEFT JOIN agreement_version b ON b.agreement_id = v.agreement_id AND b.version = v.amends
       WHERE (v.status = 'awaiting_signature' OR v.status = 'draft' AND v.attested_at IS NOT NULL)
         AND v.starts_at <= $1 AND v.ends_at > $1
         AND (b.status IS NULL OR b.status = 'active'
           OR b.status IN ('expired', 'terminated') AND v.amendment = 'material')
         AND (v.attested_at IS NOT NULL OR NOT EXISTS (SELECT FROM jsonb_array_elements(v.terms->'parties') t
           WHERE (v.amendment IS DISTINCT FROM 'administrative' OR (t->>'lead')::boolean) AND NOT EXISTS (
             SELECT FROM agreement_party p JOIN agreement_signoff s ON s.agreement_id = p.agreement_id
               AND s.version = v.version AND s.party_id = p.id AND s.voided_at IS NULL
             WHERE p.agreement_id = v.agreement_id AND p.organisation_id = (t->>'organisationId')::uuid
               AND p.status NOT IN ('withdrawn', 'excluded', 'lapsed'))))
       ORDER BY v.starts_at, v.agreement_id LIMIT $2`,
      [now, limit],
    );
  }

  async dueExpiries(
    manager: EntityManager,
    now: Date,
    limit: number,
  ): Promise<readonly VersionKey[]> {
    return manager.query<VersionKey[]>(
      `SELECT agreement_id AS id, version FROM agreement_version
       WHERE status IN ('active', 'suspended') AND ends_at <= $1 ORDER BY ends_at, agreement_id LIMIT $2`,
      [now, limit],
    );
  }
}
