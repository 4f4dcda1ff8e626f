import { randomUUID } from 'node:crypto';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import type { Tx } from '../../src/platform/database/database.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { compileAgreement } from '../../src/policy/compile-agreement.js';
import type { AgreementPublication } from '../../src/policy/policy.service.js';

export const OWNER = '01990000-0000-7000-8000-0000000000a1';
const UNIVERSITY = '01990000-0000-7000-8000-0000000000b1';
export const RESEARCHER = '01990000-0000-7000-8000-0000000000b2';
export const DATASET = '01990000-0000-7000-8000-0000000000d2';
export const STORE = '01990000-0000-7000-8000-0000000000d1';
const AGREEMENT = '01990000-0000-7000-8000-0000000000e1';
const PROJECT = '01990000-0000-7000-8000-0000000000f1';
const PURPOSE = 'dpv:ResearchAndDevelopment';
const LONG_MS = 300 * 86_400_000;

const TERMS = {
  modes: ['stream', 'presign', 'sts', 'feed'],
  accreditations: [],
  trainings: [],
  orgChecks: [],
  minAuth: 'aal2',
  dpop: false,
  purposes: [PURPOSE],
} as const;

export interface Place {
  readonly tx: Tx;
  readonly event: string;
  readonly now: Date;
}

/** Everything above a grant, as rows: an owner, a university, a researcher in a project, an agreement in force. */
export async function insertDeliveryData(
  place: Place,
  location: StoreLocation,
  sealed: Buffer,
  prefix: string,
  issuer: string,
): Promise<void> {
  await insertPeople(place, issuer);
  await insertDataset(place, location, sealed, prefix);
  await insertAgreement(place);
  await insertProject(place);
}

/** The rules of the agreement, for policy. */
export function publication(now: Date): AgreementPublication {
  const rules = compileAgreement({
    ...TERMS,
    purposeClosure: [PURPOSE],
    actions: ['dataset:read', 'feed:subscribe'],
    countries: [],
    endsAt: new Date(now.getTime() + LONG_MS),
    items: [{ datasetId: DATASET, release: 'raw' }],
    recipients: [UNIVERSITY],
  });
  return {
    agreementId: AGREEMENT,
    agreementVersion: 1,
    reference: 'CON-2026-0001',
    organisationIds: [OWNER, UNIVERSITY],
    rules,
  };
}

export interface GrantShape {
  readonly delivery?: 'stream' | 'presign' | 'sts' | 'feed';
  /** Of a feed: where the grant begins. */
  readonly feedAfter?: number;
  readonly maxBytes?: number;
  readonly maxDownloads?: number;
  readonly expiresAt?: Date;
  readonly jkt?: string;
  /** Whose grant it is; the researcher's by default. */
  readonly personId?: string;
}

/** An issued grant, with an access request of its own. @returns its id. */
export async function insertGrant(
  { tx, event, now }: Place,
  datasetVersion: string | null,
  shape: GrantShape,
): Promise<string> {
  const [requestId, id] = [randomUUID(), randomUUID()];
  const { delivery = 'stream', personId = RESEARCHER } = shape;
  const { expiresAt = new Date(now.getTime() + 3_600_000) } = shape;
  await tx.query(
    `INSERT INTO access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version, requester_id,
       organisation_id, purpose, justification, delivery, until_on, frequency, conflict, undertaking_hash, undertaken_at,
       status, audit_event_id)
     VALUES ($1, 'REQ-2026-' || (10000 + (random() * 1e15)::bigint), $2, $3, $4, 1, $5, $6, $7, 'Counts', $8, $9, 'one_off', false,
       'sha-256:0', $10, 'approved', $11)`,
    [
      requestId,
      PROJECT,
      DATASET,
      AGREEMENT,
      personId,
      UNIVERSITY,
      PURPOSE,
      delivery,
      addDays(londonDay(now), 60),
      now,
      event,
    ],
  );
  await tx.query(
    `INSERT INTO grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id, agreement_version,
       dataset_id, dataset_version, provider_id, store_id, delivery, status, issued_at, expires_at, max_revocation_seconds,
       policy_version, max_bytes, max_downloads, jkt, audit_event_id, feed_after)
     VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, 'issued', $12, $13, 120, 1, $14, $15, $16, $17, $18)`,
    [
      id,
      requestId,
      personId,
      UNIVERSITY,
      PROJECT,
      AGREEMENT,
      DATASET,
      datasetVersion,
      OWNER,
      STORE,
      delivery,
      now,
      expiresAt,
      shape.maxBytes ?? null,
      shape.maxDownloads ?? null,
      shape.jkt ?? null,
      event,
      shape.feedAfter ?? null,
    ],
  );
  return id;
}

async function insertPeople({ tx, event, now }: Place, issuer: string): Promise<void> {
  for (const [id, kind] of [
    [OWNER, 'borough'],
    [UNIVERSITY, 'university'],
  ]) {
    await tx.query(
      `INSERT INTO organisation (id, name, kind, public_authority, status, audit_event_id)
       VALUES ($1::uuid, $1::text, $2, true, 'active', $3)`,
      [id, kind, event],
    );
  }
  const startsOn = addDays(londonDay(now), -100);
  for (const [id, subject, role, organisationId] of [
    [RESEARCHER, 'researcher', 'researcher', UNIVERSITY],
    [OWNER, 'owner', 'data_owner', OWNER],
  ]) {
    await tx.query(
      `INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
       VALUES ($1, $2, $3, $4, 'active', $5)`,
      [id, issuer, subject, subject === 'owner' ? 'P-aaaaaaaa' : 'P-bbbbbbbb', event],
    );
    await tx.query(
      `INSERT INTO membership (id, person_id, organisation_id, position, starts_on, ends_on, audit_event_id)
       VALUES ($1, $1, $2, 'Analyst', $3, $4, $5)`,
      [id, organisationId, startsOn, addDays(startsOn, 500), event],
    );
    await tx.query(
      `INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id) VALUES ($1, $1, $2, $3, $4)`,
      [id, role, startsOn, event],
    );
  }
}

async function insertDataset(
  { tx, event, now }: Place,
  location: StoreLocation,
  sealed: Buffer,
  prefix: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO partner_store (id, organisation_id, name, endpoint, region, bucket, addressing, credentials,
       credential_version, rotated_at, status, probe_passed, probed_at, sts, audit_event_id)
     VALUES ($1, $2, 'Store', $3, $4, $5, 'path', $6, 1, $7, 'ready', true, $7, $9, $8)`,
    [
      STORE,
      OWNER,
      location.endpoint,
      location.region,
      location.bucket,
      sealed,
      now,
      event,
      location.sts ?? null,
    ],
  );
  await tx.query(
    `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason,
       sensitivity, tags, kind, fields, population_id, store_id, prefix, keywords, licence, visibility, status,
       audit_event_id)
     VALUES ($1, $2, 'Footfall', 'Counts', 'Borough', 'data@example.org', 'shared', 'By agreement', 'public', '{}',
       'files', '[{"name": "count", "type": "integer", "class": "other"}]', $1, $3, $4, '{}', 'DATA_SHARE_AGREEMENT', 'public', 'published', $5)`,
    [DATASET, OWNER, STORE, prefix, event],
  );
}

async function insertAgreement({ tx, event, now }: Place): Promise<void> {
  await tx.query(
    `INSERT INTO agreement (id, reference, organisation_id, current_version, audit_event_id)
     VALUES ($1, 'CON-2026-0001', $2, 1, $3)`,
    [AGREEMENT, OWNER, event],
  );
  await tx.query(
    `INSERT INTO agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at,
       ends_at, drafted_by, editors, activated_at, audit_event_id)
     VALUES ($1, 1, 'active', $2, 'Safer crossings', '{}', 'sha-256:' || repeat('0', 64), $3, $4, $5, ARRAY[$5::uuid], $3, $6)`,
    [AGREEMENT, TERMS, now, new Date(now.getTime() + LONG_MS), OWNER, event],
  );
  await tx.query(
    `INSERT INTO agreement_item (agreement_id, version, dataset_id) VALUES ($1, 1, $2)`,
    [AGREEMENT, DATASET],
  );
  for (const [organisationId, dataRole] of [
    [OWNER, 'provider'],
    [UNIVERSITY, 'recipient'],
  ]) {
    await tx.query(
      `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
         dpo_id, status, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, true, $6, $6, 'active', $7)`,
      [randomUUID(), AGREEMENT, organisationId, dataRole, dataRole === 'provider', OWNER, event],
    );
  }
}

async function insertProject({ tx, event, now }: Place): Promise<void> {
  const today = londonDay(now);
  await tx.query(
    `INSERT INTO project (id, reference, organisation_id, title, summary, public_benefit, purposes, starts_on, ends_on,
       ethics_approved, status, audit_event_id)
     VALUES ($1, 'PRJ-2026-0001', $2, 'Where people cross', 'Counts', 'Safer streets', $3, $4, $5, false, 'active', $6)`,
    [PROJECT, UNIVERSITY, [PURPOSE], addDays(today, -10), addDays(today, 200), event],
  );
  await tx.query(
    `INSERT INTO project_member (id, project_id, person_id, organisation_id, is_lead, added_at, audit_event_id)
     VALUES ($1, $2, $3, $4, true, $5, $6)`,
    [randomUUID(), PROJECT, RESEARCHER, UNIVERSITY, now, event],
  );
}
