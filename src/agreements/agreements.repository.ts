import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import type { AgreementVersion, PartyStatus } from './agreement.types.js';
import type { VersionStatus } from './lifecycle/version-lifecycle.rules.js';
import type { DraftTerms, PartyTerms } from './terms/terms.types.js';

/** One version of one agreement. */
export interface VersionKey {
  readonly id: string;
  readonly version: number;
}

interface NewAgreement {
  readonly id: string;
  readonly reference: string;
  readonly organisationId: string;
  readonly terms: DraftTerms;
  readonly draftedBy: string;
  readonly auditEventId: string;
}

interface DraftChange {
  readonly terms: DraftTerms;
  readonly editors: readonly string[];
  readonly auditEventId: string;
}

interface StatusChange {
  readonly status: VersionStatus;
  readonly auditEventId: string;
  readonly activatedAt?: Date;
  readonly endedAt?: Date;
}

interface NewReview {
  readonly id: string;
  readonly partyId: string;
  readonly personId: string;
  readonly decision: 'accept' | 'return';
  readonly reason: string | null;
  readonly reviewedAt: Date;
  readonly auditEventId: string;
}

interface NewSignOff {
  readonly id: string;
  readonly partyId: string;
  readonly personId: string;
  readonly jws: string;
  readonly signedAt: Date;
  readonly auditEventId: string;
}

interface SignOffRow {
  readonly partyId: string;
  readonly versionHash: string;
  readonly jws: string;
  readonly signedAt: Date;
}

export interface ListQuery {
  /** Whose agreements; null for all. */
  readonly organisationIds: readonly string[] | null;
  readonly status: string | null;
  /** The id after which the page starts. */
  readonly after: string | null;
  readonly limit: number;
}

const SELECT = `
  SELECT a.id, a.reference, a.organisation_id AS "organisationId", v.version, v.status, v.terms, v.document,
    v.version_hash AS "versionHash", v.starts_at AS "startsAt", v.ends_at AS "endsAt", v.revision,
    v.audit_event_id AS "auditEventId", to_jsonb(v.editors) AS editors, v.activated_at AS "activatedAt", v.ended_at AS "endedAt", coalesce((
      SELECT jsonb_agg(jsonb_build_object('id', p.id, 'organisationId', p.organisation_id, 'dataRole', p.data_role,
        'isLead', p.is_lead, 'isFounding', p.is_founding, 'signatoryId', p.signatory_id, 'dpoId', p.dpo_id,
        'status', p.status) ORDER BY p.is_lead DESC, p.id)
      FROM agreement_party p WHERE p.agreement_id = a.id), '[]'::jsonb) AS parties
  FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id`;

/** Agreements, their versions, items and parties. */
@Injectable()
export class AgreementsRepository {
  /** @param version absent: the current one. */
  async find(
    manager: EntityManager,
    id: string,
    version?: number,
  ): Promise<AgreementVersion | undefined> {
    const [row] = await manager.query<AgreementVersion[]>(
      `${SELECT} WHERE a.id = $1 AND v.version = coalesce($2::int, a.current_version)`,
      [id, version ?? null],
    );
    return row;
  }

  /** Current versions, newest agreement first. */
  async list(manager: EntityManager, query: ListQuery): Promise<readonly AgreementVersion[]> {
    return manager.query<AgreementVersion[]>(
      `${SELECT} WHERE v.version = a.current_version
         AND ($1::uuid[] IS NULL OR a.organisation_id = ANY($1) OR EXISTS (
           SELECT FROM agreement_party p WHERE p.agreement_id = a.id AND p.organisation_id = ANY($1)))
         AND ($2::text IS NULL OR v.status = $2) AND ($3::uuid IS NULL OR a.id < $3)
       ORDER BY a.id DESC LIMIT $4`,
      [query.organisationIds, query.status, query.after, query.limit],
    );
  }

  async insert(tx: Tx, row: NewAgreement): Promise<void> {
    await tx.query(
      `INSERT INTO agreement (id, reference, organisation_id, current_version, audit_event_id)
       VALUES ($1, $2, $3, 1, $4)`,
      [row.id, row.reference, row.organisationId, row.auditEventId],
    );
    await tx.query(
      `INSERT INTO agreement_version (agreement_id, version, status, terms, title, drafted_by, editors, audit_event_id)
       VALUES ($1, 1, 'draft', $2, $3, $4, $5, $6)`,
      [row.id, row.terms, row.terms.title ?? '', row.draftedBy, [row.draftedBy], row.auditEventId],
    );
  }

  async updateDraft(tx: Tx, { id, version }: AgreementVersion, change: DraftChange): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET terms = $3, title = $4, editors = $5, revision = revision + 1, audit_event_id = $6
       WHERE agreement_id = $1 AND version = $2`,
      [id, version, change.terms, change.terms.title ?? '', change.editors, change.auditEventId],
    );
  }

  /** Freezes the content for review; its hash is what reviewers accept and signatories sign. */
  async freeze(
    tx: Tx,
    { id, version }: AgreementVersion,
    frozen: {
      readonly document: string;
      readonly versionHash: string;
      readonly startsAt: Date;
      readonly endsAt: Date;
      readonly auditEventId: string;
    },
  ): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET status = 'in_review', document = $3, version_hash = $4, starts_at = $5,
         ends_at = $6, revision = revision + 1, audit_event_id = $7
       WHERE agreement_id = $1 AND version = $2`,
      [
        id,
        version,
        frozen.document,
        frozen.versionHash,
        frozen.startsAt,
        frozen.endsAt,
        frozen.auditEventId,
      ],
    );
  }

  /** Back to a draft: the content may change again, so its hash, items and sign-offs count no more. */
  async thaw(
    tx: Tx,
    { id, version }: AgreementVersion,
    at: Date,
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET status = 'draft', document = NULL, version_hash = NULL, starts_at = NULL,
         ends_at = NULL, audit_event_id = $3 WHERE agreement_id = $1 AND version = $2`,
      [id, version, auditEventId],
    );
    await tx.query(
      `UPDATE agreement_signoff SET voided_at = $3
       WHERE agreement_id = $1 AND version = $2 AND voided_at IS NULL`,
      [id, version, at],
    );
    await tx.query(`DELETE FROM agreement_item WHERE agreement_id = $1 AND version = $2`, [
      id,
      version,
    ]);
    await tx.query(
      `UPDATE agreement_party SET status = 'invited', audit_event_id = $2 WHERE agreement_id = $1`,
      [id, auditEventId],
    );
  }

  async setStatus(tx: Tx, { id, version }: AgreementVersion, change: StatusChange): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET status = $3, audit_event_id = $4, activated_at = coalesce($5, activated_at),
         ended_at = coalesce($6, ended_at) WHERE agreement_id = $1 AND version = $2`,
      [
        id,
        version,
        change.status,
        change.auditEventId,
        change.activatedAt ?? null,
        change.endedAt ?? null,
      ],
    );
  }

  /** Makes the party rows those of the terms; an organisation that stays keeps its party id. */
  async replaceParties(
    tx: Tx,
    agreementId: string,
    parties: readonly (PartyTerms & { readonly id: string })[],
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `DELETE FROM agreement_party WHERE agreement_id = $1 AND organisation_id <> ALL($2)`,
      [agreementId, parties.map(({ organisationId }) => organisationId)],
    );
    for (const party of parties) {
      await tx.query(
        `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
           dpo_id, status, audit_event_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'invited', $9)
         ON CONFLICT (agreement_id, organisation_id) DO UPDATE SET data_role = excluded.data_role,
           is_lead = excluded.is_lead, is_founding = excluded.is_founding, signatory_id = excluded.signatory_id,
           dpo_id = excluded.dpo_id, status = 'invited', audit_event_id = excluded.audit_event_id`,
        [
          party.id,
          agreementId,
          party.organisationId,
          party.dataRole,
          party.lead,
          party.founding,
          party.signatoryId,
          party.dpoId,
          auditEventId,
        ],
      );
    }
  }

  async setPartyStatus(
    tx: Tx,
    partyId: string,
    status: PartyStatus,
    auditEventId: string,
  ): Promise<void> {
    await tx.query(`UPDATE agreement_party SET status = $2, audit_event_id = $3 WHERE id = $1`, [
      partyId,
      status,
      auditEventId,
    ]);
  }

  async insertReview(
    tx: Tx,
    { id, version, revision }: AgreementVersion,
    review: NewReview,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO agreement_review (id, agreement_id, version, revision, party_id, person_id, decision, reason,
         reviewed_at, audit_event_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        review.id,
        id,
        version,
        revision,
        review.partyId,
        review.personId,
        review.decision,
        review.reason,
        review.reviewedAt,
        review.auditEventId,
      ],
    );
  }

  async insertSignOff(
    tx: Tx,
    { id, version, versionHash }: AgreementVersion,
    signOff: NewSignOff,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO agreement_signoff (id, agreement_id, version, party_id, person_id, version_hash, jws, signed_at,
         audit_event_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        signOff.id,
        id,
        version,
        signOff.partyId,
        signOff.personId,
        versionHash,
        signOff.jws,
        signOff.signedAt,
        signOff.auditEventId,
      ],
    );
  }

  /** The sign-offs that count for a version, oldest first. */
  async signOffs(
    manager: EntityManager,
    { id, version }: AgreementVersion,
  ): Promise<readonly SignOffRow[]> {
    return manager.query<SignOffRow[]>(
      `SELECT party_id AS "partyId", version_hash AS "versionHash", jws, signed_at AS "signedAt"
       FROM agreement_signoff WHERE agreement_id = $1 AND version = $2 AND voided_at IS NULL ORDER BY id`,
      [id, version],
    );
  }

  /** R5.7: how people show to others. */
  async pseudonyms(
    manager: EntityManager,
    personIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ id: string; pseudonym: string }[]>(
      `SELECT id, pseudonym FROM person WHERE id = ANY($1)`,
      [personIds],
    );
    return new Map(rows.map(({ id, pseudonym }) => [id, pseudonym]));
  }

  async replaceItems(tx: Tx, { id, version, terms }: AgreementVersion): Promise<void> {
    await tx.query(`DELETE FROM agreement_item WHERE agreement_id = $1 AND version = $2`, [
      id,
      version,
    ]);
    await tx.query(
      `INSERT INTO agreement_item (agreement_id, version, dataset_id)
       SELECT $1, $2, unnest($3::uuid[])`,
      [id, version, (terms.items ?? []).map(({ datasetId }) => datasetId)],
    );
  }

  /** Versions whose every founding party has signed and whose start has come, and that have not ended. */
  async dueActivations(
    manager: EntityManager,
    now: Date,
    limit: number,
  ): Promise<readonly VersionKey[]> {
    return manager.query<VersionKey[]>(
      `SELECT v.agreement_id AS id, v.version FROM agreement_version v
       WHERE v.status = 'awaiting_signature' AND v.starts_at <= $1 AND v.ends_at > $1 AND NOT EXISTS (
         SELECT FROM agreement_party p
         WHERE p.agreement_id = v.agreement_id AND p.is_founding AND p.status <> 'signed')
       ORDER BY v.starts_at LIMIT $2`,
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
       WHERE status IN ('active', 'suspended') AND ends_at <= $1 ORDER BY ends_at LIMIT $2`,
      [now, limit],
    );
  }
}
