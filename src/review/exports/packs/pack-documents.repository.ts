import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Json } from '../../../kernel/canonical-json.js';
import type { ExportRow, ExportSubjects } from '../export.types.js';

type Document = Readonly<Record<string, Json>>;

/** The version of an agreement as it was frozen; `document` is the text that its hash is of. */
export interface VersionRow {
  readonly agreementId: string;
  readonly version: number;
  readonly document: string;
  readonly versionHash: string;
  readonly signOffs: readonly {
    readonly jws: string;
    readonly organisationId: string;
    readonly signedAt: string;
  }[];
}

/** What a pack is about, as far as its reader may see it. */
export interface PackDocuments {
  readonly grant: Document | null;
  readonly accessRequest: Document | null;
  readonly decisions: readonly Document[];
  readonly explanation: string | null;
  readonly versions: readonly VersionRow[];
}

type Reader = Pick<ExportRow, 'sees'>;

const MAX_VERSIONS = 50;

// R3.2: who did not sign an administrative version is bound by what they signed before, so that is in the pack too.
const VERSIONS = `
  WITH RECURSIVE carried (version, amends, amendment) AS (
    SELECT version, amends, amendment FROM agreement_version
    WHERE agreement_id = $1 AND ($3::int IS NULL OR version = $3)
    UNION
    SELECT w.version, w.amends, w.amendment FROM agreement_version w
      JOIN carried c ON c.amendment = 'administrative' AND w.version = c.amends WHERE w.agreement_id = $1)
  SELECT v.agreement_id AS "agreementId", version, v.document, v.version_hash AS "versionHash",
    coalesce((SELECT jsonb_agg(jsonb_build_object('jws', s.jws, 'organisationId', p.organisation_id,
        'signedAt', to_char(s.signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY s.signed_at, s.id)
      FROM agreement_signoff s JOIN agreement_party p ON p.id = s.party_id
      WHERE s.agreement_id = v.agreement_id AND s.version = carried.version AND s.voided_at IS NULL), '[]'::jsonb) AS "signOffs"
  FROM agreement_version v JOIN carried USING (version)
  WHERE v.agreement_id = $1 AND v.document IS NOT NULL
    AND ($2::uuid[] IS NULL OR EXISTS (SELECT FROM agreement_party p
      WHERE p.agreement_id = v.agreement_id AND p.organisation_id = ANY($2)))
  ORDER BY version DESC LIMIT ${String(MAX_VERSIONS)}`;

/** Documents of what a pack is about. R5.8: of a grant to its two sides, of an agreement to its parties. */
@Injectable()
export class PackDocumentsRepository {
  async find(
    manager: EntityManager,
    { grantId, accessRequestId, agreementId }: ExportSubjects,
    { sees }: Reader,
  ): Promise<PackDocuments> {
    const grant = await this.grant(manager, grantId, sees);
    const requestId = text(grant, 'accessRequestId') ?? accessRequestId;
    const accessRequest = await this.accessRequest(manager, requestId, sees);
    const of = grant ?? accessRequest;
    return {
      grant: grant ?? null,
      accessRequest: accessRequest ?? null,
      decisions: accessRequest ? await this.decisions(manager, requestId) : [],
      explanation: grant ? await this.explanation(manager, grantId) : null,
      versions: await manager.query<VersionRow[]>(VERSIONS, [
        text(of, 'agreementId') ?? agreementId,
        sees,
        of ? (of['agreementVersion'] ?? null) : null,
      ]),
    };
  }

  private async grant(
    manager: EntityManager,
    id: string | null,
    sees: Reader['sees'],
  ): Promise<Document | undefined> {
    return this.one(
      manager,
      `SELECT jsonb_build_object('id', g.id, 'accessRequestId', g.access_request_id, 'personId', g.person_id,
         'organisationId', g.organisation_id, 'providerId', g.provider_id, 'projectId', g.project_id,
         'agreementId', g.agreement_id, 'agreementVersion', g.agreement_version, 'datasetId', g.dataset_id,
         'datasetVersion', g.dataset_version, 'delivery', g.delivery, 'status', g.status, 'issuedAt', g.issued_at,
         'expiresAt', g.expires_at, 'endedAt', g.ended_at, 'endReason', g.end_reason,
         'policyVersion', g.policy_version, 'bytesDelivered', g.bytes_delivered, 'downloads', g.downloads) AS document
       FROM grants g WHERE g.id = $1 AND ($2::uuid[] IS NULL OR g.organisation_id = ANY($2) OR g.provider_id = ANY($2))`,
      [id, sees],
    );
  }

  private async accessRequest(
    manager: EntityManager,
    id: string | null,
    sees: Reader['sees'],
  ): Promise<Document | undefined> {
    return this.one(
      manager,
      `SELECT jsonb_build_object('id', r.id, 'reference', r.reference, 'projectId', r.project_id,
         'project', j.title, 'datasetId', r.dataset_id, 'dataset', d.title, 'agreementId', r.agreement_id,
         'agreementVersion', r.agreement_version, 'requesterId', r.requester_id, 'organisationId', r.organisation_id,
         'purpose', r.purpose, 'justification', r.justification, 'delivery', r.delivery, 'until', r.until_on,
         'frequency', r.frequency, 'undertakingHash', r.undertaking_hash, 'undertakenAt', r.undertaken_at,
         'status', r.status) AS document
       FROM access_request r JOIN project j ON j.id = r.project_id JOIN dataset d ON d.id = r.dataset_id
       WHERE r.id = $1 AND ($2::uuid[] IS NULL OR r.organisation_id = ANY($2) OR d.organisation_id = ANY($2))`,
      [id, sees],
    );
  }

  private async decisions(
    manager: EntityManager,
    accessRequestId: string | null,
  ): Promise<readonly Document[]> {
    const rows = await manager.query<{ document: Document }[]>(
      `SELECT jsonb_build_object('id', d.id, 'decision', d.decision, 'reason', d.reason, 'conditions', d.conditions,
         'deciderId', d.decider_id, 'position', d.position, 'role', d.role, 'isAutomatic', d.is_automatic,
         'decidedAt', d.decided_at) AS document
       FROM access_decision d WHERE d.access_request_id = $1 ORDER BY d.decided_at, d.id LIMIT 100`,
      [accessRequestId],
    );
    return rows.map(({ document }) => document);
  }

  /** Why policy allowed the grant, as it was recorded with its issue. */
  private async explanation(
    manager: EntityManager,
    grantId: string | null,
  ): Promise<string | null> {
    const [row] = await manager.query<{ explanation: string }[]>(
      `SELECT c.explanation FROM grants g JOIN decision_record c ON c.audit_event_id = g.audit_event_id WHERE g.id = $1`,
      [grantId],
    );
    return row?.explanation ?? null;
  }

  private async one(
    manager: EntityManager,
    sql: string,
    params: readonly unknown[],
  ): Promise<Document | undefined> {
    const [row] = await manager.query<{ document: Document }[]>(sql, [...params]);
    return row?.document;
  }
}

function text(document: Document | undefined, name: string): string | undefined {
  const value = document?.[name];
  return typeof value === 'string' ? value : undefined;
}
