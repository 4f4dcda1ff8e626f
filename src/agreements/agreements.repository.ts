import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import type { AgreementVersion } from './agreement.types.js';
import type { VersionStatus } from './lifecycle/version-lifecycle.rules.js';
import { partiesOfVersion } from './parties/parties-of-version.js';
import type { DraftTerms, PartyTerms } from './terms/terms.types.js';

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
  readonly version: number;
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
  SELECT a.id, a.reference, coalesce(v.organisation_id, a.organisation_id) AS "organisationId", v.version, v.amends,
    v.amendment, v.status, v.terms, v.document, v.version_hash AS "versionHash", v.starts_at AS "startsAt",
    v.ends_at AS "endsAt", v.submitted_at AS "submittedAt", v.revision, v.audit_event_id AS "auditEventId",
    to_jsonb(v.editors) AS editors,
    CASE WHEN v.attested_at IS NOT NULL THEN jsonb_build_object('attestedAt', v.attested_at,
      'attestedBy', v.attested_by, 'approvedBy', v.attestation_approved_by) END AS attestation,
    coalesce(v.next_review_on, v.terms ->> 'reviewOn') AS "nextReviewOn",
    coalesce(v.next_dpia_review_on, v.terms -> 'dpia' ->> 'reviewOn') AS "nextDpiaReviewOn",
    v.activated_at AS "activatedAt", v.ended_at AS "endedAt", coalesce((
      SELECT jsonb_agg(jsonb_build_object('id', p.id, 'organisationId', p.organisation_id, 'dataRole', p.data_role,
        'isLead', p.is_lead, 'isFounding', p.is_founding, 'signatoryId', p.signatory_id, 'dpoId', p.dpo_id,
        'status', p.status, 'auditEventId', p.audit_event_id, 'answer', CASE
          WHEN v.attested_at IS NOT NULL AND EXISTS (SELECT FROM jsonb_array_elements(v.terms->'parties') t
            WHERE (t->>'organisationId')::uuid = p.organisation_id) THEN 'attested'
          WHEN EXISTS (SELECT FROM agreement_signoff s WHERE s.agreement_id = a.id AND s.version = v.version
            AND s.party_id = p.id AND s.voided_at IS NULL) THEN 'signed'
          WHEN v.version_hash IS NOT NULL AND EXISTS (SELECT FROM agreement_review w WHERE w.agreement_id = a.id AND w.version = v.version
            AND w.revision = v.revision AND w.party_id = p.id AND w.decision = 'accept') THEN 'reviewed'
          ELSE 'none' END) ORDER BY p.is_lead DESC, p.id)
      FROM agreement_party p WHERE p.agreement_id = a.id AND p.since_version <= v.version
        AND coalesce(p.until_version, v.version) >= v.version), '[]'::jsonb) AS parties,
    coalesce((
      SELECT jsonb_agg(jsonb_build_object('id', n.id, 'act', n.act, 'partyId', n.party_id,
        'organisationId', n.organisation_id, 'reason', n.reason, 'approvalId', n.approval_id,
        'proposedBy', n.proposed_by, 'givenBy', n.given_by, 'givenAt', n.given_at, 'takesEffectAt', n.takes_effect_at)
        ORDER BY n.given_at, n.id)
      FROM agreement_notice n WHERE n.agreement_id = a.id AND n.settled_by IS NULL
        AND (n.party_id IS NOT NULL OR v.version = a.current_version)), '[]'::jsonb) AS notices
  FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id`;

const PREPARING = `('draft', 'in_review', 'awaiting_signature')`;

// $1 the agreement: what is submitted is always its newest version.
const OPEN_VERSION =
  'SELECT max(version) AS version FROM agreement_version WHERE agreement_id = $1';

/** Agreements, their versions, items and parties. */
@Injectable()
export class AgreementsRepository {
  /** @param version absent: the current one, which is in force or was last. */
  async find(
    manager: EntityManager,
    id: string,
    version?: number,
  ): Promise<AgreementVersion | undefined> {
    const [row] = await manager.query<AgreementVersion[]>(
      `${SELECT} WHERE a.id = $1 AND v.version = coalesce($2::int, a.current_version)`,
      [id, version ?? null],
    );
    return row && withParties(row);
  }

  /** The version that this one was made from. */
  async findBase(
    manager: EntityManager,
    { id, amends }: AgreementVersion,
  ): Promise<AgreementVersion | undefined> {
    return amends === null ? undefined : this.find(manager, id, amends);
  }

  /** The version being prepared; when there is none, the current one. */
  async findOpen(manager: EntityManager, id: string): Promise<AgreementVersion | undefined> {
    const [row] = await manager.query<AgreementVersion[]>(
      `${SELECT} WHERE a.id = $1 AND v.version = coalesce((
         SELECT w.version FROM agreement_version w WHERE w.agreement_id = a.id AND w.status IN ${PREPARING}),
         a.current_version)`,
      [id],
    );
    return row && withParties(row);
  }

  /** Current versions, newest agreement first. */
  async list(manager: EntityManager, query: ListQuery): Promise<readonly AgreementVersion[]> {
    const rows = await manager.query<AgreementVersion[]>(
      `${SELECT} WHERE v.version = a.current_version
         AND ($1::uuid[] IS NULL OR coalesce(v.organisation_id, a.organisation_id) = ANY($1) OR EXISTS (
           SELECT FROM agreement_party p WHERE p.agreement_id = a.id AND p.organisation_id = ANY($1)
             AND p.since_version <= v.version AND coalesce(p.until_version, v.version) >= v.version))
         AND ($2::text IS NULL OR v.status = $2) AND ($3::uuid IS NULL OR a.id < $3)
       ORDER BY a.id DESC LIMIT $4`,
      [query.organisationIds, query.status, query.after, query.limit],
    );
    return rows.map(withParties);
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
      /** `draft` when it was signed outside: then it awaits no review, but an attestation (R3.22). */
      readonly status: 'in_review' | 'draft';
      readonly document: string;
      readonly versionHash: string;
      readonly startsAt: Date;
      readonly endsAt: Date;
      readonly submittedAt: Date;
      readonly auditEventId: string;
    },
  ): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET status = $8, document = $3, version_hash = $4, starts_at = $5,
         ends_at = $6, revision = revision + 1, audit_event_id = $7, attested_at = NULL, attested_by = NULL,
         attestation_approved_by = NULL, submitted_at = coalesce(submitted_at, $9)
       WHERE agreement_id = $1 AND version = $2`,
      [
        id,
        version,
        frozen.document,
        frozen.versionHash,
        frozen.startsAt,
        frozen.endsAt,
        frozen.auditEventId,
        frozen.status,
        frozen.submittedAt,
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
         ends_at = NULL, amendment = NULL, audit_event_id = $3, attested_at = NULL, attested_by = NULL,
         attestation_approved_by = NULL WHERE agreement_id = $1 AND version = $2`,
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
      `UPDATE agreement_party SET status = 'invited', audit_event_id = $3
       WHERE agreement_id = $1 AND since_version = $2 AND status IN ('reviewed', 'signed')`,
      [id, version, auditEventId],
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

  /**
   * Gives each party of a submitted version its row. In the first version the rows are those of the terms; in a later one
   * the parties in force stay as they are until it activates, and only newcomers are invited.
   */
  async replaceParties(
    tx: Tx,
    agreementId: string,
    parties: readonly (PartyTerms & { readonly id: string })[],
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `DELETE FROM agreement_party p USING (${OPEN_VERSION}) v
       WHERE p.agreement_id = $1 AND (p.status IN ('withdrawn', 'excluded', 'lapsed') AND p.organisation_id = ANY($2)
         OR p.since_version = v.version AND p.organisation_id <> ALL($2) AND p.status IN ('invited', 'reviewed', 'signed'))`,
      [agreementId, parties.map(({ organisationId }) => organisationId)],
    );
    for (const party of parties) {
      await tx.query(
        `INSERT INTO agreement_party AS p (id, agreement_id, organisation_id, data_role, is_lead, is_founding,
           signatory_id, dpo_id, status, since_version, audit_event_id)
         SELECT $2, $1, $3, $4, $5, $6, $7, $8, 'invited', v.version, $9 FROM (${OPEN_VERSION}) v
         ON CONFLICT (agreement_id, organisation_id) DO UPDATE SET data_role = excluded.data_role,
           is_lead = excluded.is_lead, is_founding = excluded.is_founding, signatory_id = excluded.signatory_id,
           dpo_id = excluded.dpo_id, status = 'invited', audit_event_id = excluded.audit_event_id
         WHERE p.since_version = excluded.since_version AND p.terms IS NULL`,
        [
          agreementId,
          party.id,
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

  /** Who accepted this version for a party. */
  async reviewerOf(
    tx: Tx,
    { id, version, revision }: AgreementVersion,
    partyId: string,
  ): Promise<string | undefined> {
    const [row] = await tx.query<{ personId: string }[]>(
      `SELECT person_id AS "personId" FROM agreement_review
       WHERE agreement_id = $1 AND version = $2 AND revision = $3 AND party_id = $4 AND decision = 'accept'`,
      [id, version, revision, partyId],
    );
    return row?.personId;
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

  /**
   * The sign-offs that count for a version, oldest first: its own, and for a party that did not sign an administrative
   * one, the party's sign-off of the version that it amends (R3.2).
   */
  async signOffs(
    manager: EntityManager,
    { id, version }: AgreementVersion,
  ): Promise<readonly SignOffRow[]> {
    return manager.query<SignOffRow[]>(
      `WITH RECURSIVE carried (version, amends, amendment) AS (
         SELECT version, amends, amendment FROM agreement_version WHERE agreement_id = $1 AND version = $2
         UNION ALL
         SELECT v.version, v.amends, v.amendment FROM agreement_version v
           JOIN carried c ON c.amendment = 'administrative' AND v.version = c.amends WHERE v.agreement_id = $1)
       SELECT * FROM (
         SELECT DISTINCT ON (s.party_id) s.party_id AS "partyId", s.version, s.version_hash AS "versionHash", s.jws,
           s.signed_at AS "signedAt"
         FROM agreement_signoff s JOIN carried USING (version)
         WHERE s.agreement_id = $1 AND s.voided_at IS NULL ORDER BY s.party_id, s.version DESC) one
       ORDER BY version, "signedAt", "partyId"`,
      [id, version],
    );
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
}

function withParties(row: AgreementVersion): AgreementVersion {
  return { ...row, parties: partiesOfVersion(row, row.parties) };
}
