import { compilePublication } from '../../src/agreements/lifecycle/publication.js';
import type { AgreementVersion } from '../../src/agreements/agreement.types.js';
import type { AgreementTerms } from '../../src/agreements/terms/terms.types.js';
import { Vocabularies } from '../../src/agreements/vocabularies.js';
import { endOfDay, startOfDay } from '../../src/kernel/london-day.js';
import type { Tx } from '../../src/platform/database/database.js';

/** A whole ground for grants as plain rows: what the slices above would have left behind. */
export class GrantRows {
  constructor(
    private readonly tx: Tx,
    private readonly event: string,
  ) {}

  async organisation(id: string, isOperator = false): Promise<void> {
    await this.tx.query(
      `INSERT INTO organisation (id, name, kind, public_authority, is_operator, status, audit_event_id)
       VALUES ($1::uuid, $1::text, 'university', true, $2, 'active', $3)`,
      [id, isOperator, this.event],
    );
  }

  async person(id: string, organisationId: string, role: string): Promise<void> {
    await this.tx.query(
      `INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
       VALUES ($1::uuid, 'https://id.example', $1::text, $2, 'active', $3)`,
      [id, pseudonymOf(id), this.event],
    );
    await this.tx.query(
      `INSERT INTO membership (id, person_id, organisation_id, position, starts_on, audit_event_id)
       VALUES ($1, $1, $2, 'Head', '2026-01-01', $3)`,
      [id, organisationId, this.event],
    );
    await this.tx.query(
      `INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id)
       VALUES ($1, $1, $2, '2026-01-01', $3)`,
      [id, role, this.event],
    );
  }

  async store(
    id: string,
    organisationId: string,
    at: {
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly credentials: Buffer;
      readonly probedAt: Date;
    },
  ): Promise<void> {
    await this.tx.query(
      `INSERT INTO partner_store (id, organisation_id, name, endpoint, region, bucket, addressing, credentials,
         credential_version, rotated_at, status, probed_at, probe_passed, clock_offset_seconds, audit_event_id)
       VALUES ($1::uuid, $2, $1::text, $3, $4, $5, 'path', $6, 1, $7, 'ready', $7, true, 0, $8)`,
      [
        id,
        organisationId,
        at.endpoint,
        at.region,
        at.bucket,
        at.credentials,
        at.probedAt,
        this.event,
      ],
    );
  }

  /** Published and sealed, with one distribution. */
  async dataset(
    id: string,
    organisationId: string,
    at: {
      readonly storeId: string;
      readonly prefix: string;
      readonly sealedVersion: string;
      readonly disclosesLocation: boolean;
    },
  ): Promise<void> {
    await this.tx.query(
      `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason,
         sensitivity, tags, kind, fields, population_id, store_id, prefix, keywords, licence, visibility, status,
         sealed_version, audit_event_id)
       VALUES ($1, $2, 'Footfall', 'Counts', 'Borough', 'data@example.org', 'shared', 'By agreement', 'public', '{}',
         'files', '[{"name": "count", "type": "integer", "class": "other"}]', $1, $3, $4, '{}', 'DATA_SHARE_AGREEMENT', 'public', 'published', $5, $6)`,
      [id, organisationId, at.storeId, at.prefix, at.sealedVersion, this.event],
    );
    await this.tx.query(
      `INSERT INTO distribution (id, dataset_id, title, media_type, path, discloses_location, audit_event_id)
       VALUES ($1, $1, 'CSV', 'text/csv', '', $2, $3)`,
      [id, at.disclosesLocation, this.event],
    );
  }

  /** One object of a sealed version; the first also makes the version. */
  async manifestEntry(
    datasetId: string,
    version: string,
    entry: {
      readonly name: string;
      readonly size: number;
      readonly etag: string;
      readonly sha256?: string;
    },
  ): Promise<void> {
    await this.tx.query(
      `INSERT INTO dataset_version (dataset_id, version, object_count, size_bytes, skipped, sealed_at, audit_event_id)
       VALUES ($1, $2, 1, $3, '[]', '2026-06-01', $4)
       ON CONFLICT (dataset_id, version) DO UPDATE SET object_count = dataset_version.object_count + 1,
         size_bytes = dataset_version.size_bytes + $3`,
      [datasetId, version, entry.size, this.event],
    );
    await this.tx.query(
      `INSERT INTO manifest_entry (dataset_id, version, name, size, etag, last_modified, sha256)
       VALUES ($1, $2, $3, $4, $5, '2026-06-01', $6)`,
      [datasetId, version, entry.name, entry.size, entry.etag, entry.sha256 ?? null],
    );
  }

  /** An active version of these terms, with both founding parties active. @returns it as the slice would load it. */
  async agreement(
    id: string,
    reference: string,
    terms: AgreementTerms,
    draftedBy: string,
  ): Promise<AgreementVersion> {
    const lead = terms.parties.find((party) => party.lead)?.organisationId ?? '';
    await this.tx.query(
      `INSERT INTO agreement (id, reference, organisation_id, current_version, audit_event_id)
       VALUES ($1, $2, $3, 1, $4)`,
      [id, reference, lead, this.event],
    );
    await this.version(id, 1, 'active', terms, draftedBy);
    for (const party of terms.parties) {
      await this.tx.query(
        `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
           dpo_id, status, audit_event_id)
         VALUES (uuidv7(), $1, $2, $3, $4, true, $5, $5, 'active', $6)`,
        [id, party.organisationId, party.dataRole, party.lead, draftedBy, this.event],
      );
    }
    return asVersion(id, reference, terms);
  }

  async version(
    id: string,
    version: number,
    status: string,
    terms: AgreementTerms,
    draftedBy: string,
  ): Promise<void> {
    await this.tx.query(
      `INSERT INTO agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at,
         ends_at, drafted_by, editors, audit_event_id)
       VALUES ($1, $2, $3, $4, 'Footfall', '{}', $5, $6, $7, $8, '{}', $9)`,
      [
        id,
        version,
        status,
        JSON.stringify(terms),
        versionHashOf(version),
        startOfDay(terms.startsOn),
        endOfDay(terms.endsOn),
        draftedBy,
        this.event,
      ],
    );
    for (const { datasetId } of terms.items ?? []) {
      await this.tx.query(
        'INSERT INTO agreement_item (agreement_id, version, dataset_id) VALUES ($1, $2, $3)',
        [id, version, datasetId],
      );
    }
  }

  /** An active project with these members; the first leads it. */
  async project(
    id: string,
    reference: string,
    organisationId: string,
    endsOn: string,
    memberIds: readonly string[],
  ): Promise<void> {
    await this.tx.query(
      `INSERT INTO project (id, reference, organisation_id, title, summary, public_benefit, purposes, starts_on,
         ends_on, ethics_approved, ethics_reference, status, audit_event_id)
       VALUES ($1, $2, $3, 'Where people walk', 'Counts', 'Safer crossings',
         '{https://w3id.org/dpv#AcademicResearch}', '2026-01-01', $4, true, 'ETH-1', 'active', $5)`,
      [id, reference, organisationId, endsOn, this.event],
    );
    for (const [at, personId] of memberIds.entries()) {
      await this.tx.query(
        `INSERT INTO project_member (id, project_id, person_id, organisation_id, is_lead, added_at, audit_event_id)
         VALUES (uuidv7(), $1, $2, $3, $4, '2026-01-01', $5)`,
        [id, personId, organisationId, at === 0, this.event],
      );
    }
  }

  /** A request that its owner approved and whose requester accepted version 1. */
  async approvedRequest(
    request: {
      readonly id: string;
      readonly projectId: string;
      readonly datasetId: string;
      readonly agreementId: string;
      readonly requesterId: string;
      readonly organisationId: string;
      readonly untilOn: string;
      readonly delivery: string;
      readonly conditions?: object;
    },
    deciderId: string,
  ): Promise<void> {
    await this.tx.query(
      `INSERT INTO access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version, requester_id,
         organisation_id, purpose, justification, delivery, until_on, frequency, conflict, undertaking_hash,
         undertaken_at, status, audit_event_id)
       VALUES ($1, 'REQ-2026-' || lpad((SELECT count(*) + 1 FROM access_request)::text, 4, '0'), $2, $3, $4, 1, $5, $6,
         'https://w3id.org/dpv#AcademicResearch', 'To count', $7, $8, 'recurring', false, $9, '2026-06-01',
         'approved', $10)`,
      [
        request.id,
        request.projectId,
        request.datasetId,
        request.agreementId,
        request.requesterId,
        request.organisationId,
        request.delivery,
        request.untilOn,
        versionHashOf(1),
        this.event,
      ],
    );
    await this.tx.query(
      `INSERT INTO access_decision (id, access_request_id, decision, reason, conditions, decider_id, position, role,
         is_automatic, decided_at, audit_event_id)
       VALUES (uuidv7(), $1, 'approved', 'It fits', $2, $3, 'Head', 'data_owner', false, '2026-06-01', $4)`,
      [
        request.id,
        request.conditions ? JSON.stringify(request.conditions) : null,
        deciderId,
        this.event,
      ],
    );
  }

  async accreditation(personId: string, scheme: string, expiresOn: string): Promise<void> {
    await this.tx.query(
      `INSERT INTO accreditation (id, person_id, scheme, number, awarded_on, expires_on, state, audit_event_id)
       VALUES (uuidv7(), $1, $2, 'A-1', '2026-01-01', $3, 'verified', $4)`,
      [personId, scheme, expiresOn, this.event],
    );
  }

  async training(personId: string, course: string, expiresOn: string): Promise<void> {
    await this.tx.query(
      `INSERT INTO training (id, person_id, course, awarded_on, expires_on, audit_event_id)
       VALUES (uuidv7(), $1, $2, '2026-01-01', $3, $4)`,
      [personId, course, expiresOn, this.event],
    );
  }

  async organisationCheck(organisationId: string, kind: string, expiresOn: string): Promise<void> {
    await this.tx.query(
      `INSERT INTO organisation_check (id, organisation_id, kind, number, issued_on, expires_on, audit_event_id)
       VALUES (uuidv7(), $1, $2, 'C-1', '2026-01-01', $3, $4)`,
      [organisationId, kind, expiresOn, this.event],
    );
  }
}

/** The hash that stands for a version's document. */
export function versionHashOf(version: number): string {
  return `sha-256:${String(version).repeat(64)}`;
}

/** The rules that activation would publish. */
export function publicationOf(agreement: AgreementVersion, terms: AgreementTerms) {
  return compilePublication(agreement, terms, new Vocabularies());
}

function asVersion(id: string, reference: string, terms: AgreementTerms): AgreementVersion {
  return {
    id,
    reference,
    organisationId: terms.parties[0]?.organisationId ?? '',
    version: 1,
    amends: null,
    submittedAt: new Date(0),
    amendment: null,
    attestation: null,
    status: 'active',
    terms,
    document: '{}',
    versionHash: versionHashOf(1),
    startsAt: startOfDay(terms.startsOn),
    endsAt: endOfDay(terms.endsOn),
    revision: 1,
    editors: [],
    nextReviewOn: null,
    nextDpiaReviewOn: null,
    activatedAt: null,
    endedAt: null,
    parties: [],
    notices: [],
    auditEventId: '',
  };
}

// The pattern of a pseudonym, from the end of the id: 1, 0, 8 and 9 are no base32 letters.
function pseudonymOf(personId: string): string {
  const letters: Readonly<Record<string, string>> = { '0': 'x', '1': 'y', '8': 'z', '9': 'w' };
  return `P-${personId.slice(-8).replace(/[0189]/g, (digit) => letters[digit] ?? '')}`;
}
