import type { AuditService } from '../../src/audit/audit.service.js';
import type { Database, Tx } from '../../src/platform/database/database.js';

const uuid = (last: string): string => `01990000-0000-7000-8000-00000000${last.padStart(4, '0')}`;

/** Two organisations that share data, one that does not, and the people of each who open the console. */
export const BOROUGH = uuid('a1');
export const UNIVERSITY = uuid('b1');
export const STRANGER = uuid('c1');
export const RESEARCHER = uuid('b2');
export const OUTSIDER = uuid('c2');
const OWNER = uuid('a2');
const STORE = uuid('d1');
const AGREEMENT = uuid('e1');
const PROJECT = uuid('f1');

/** When these rows are read: the agreement and one grant are in force, the other grant's hour has passed. */
export const READ_AT = new Date('2026-11-24T12:00:00Z');

interface Row {
  readonly tx: Tx;
  readonly event: string;
}

/**
 * What the first page lists, as rows.
 * @param issuer under which RESEARCHER and OUTSIDER sign in, with the subjects `researcher` and `outsider`.
 */
export async function insertConsoleData(
  database: Database,
  audit: AuditService,
  issuer: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    const event = await audit.record(tx, 'organisation.registered', { actorKind: 'broker' });
    const row = { tx, event };
    await insertOrganisation(row, BOROUGH, 'Northbank Borough', 'borough');
    await insertOrganisation(row, UNIVERSITY, 'City University', 'university');
    await insertOrganisation(row, STRANGER, 'Harbour Agency', 'agency');
    await insertMember(row, OWNER, BOROUGH, { issuer, subject: 'owner', role: 'data_owner' });
    await insertMember(row, RESEARCHER, UNIVERSITY, {
      issuer,
      subject: 'researcher',
      role: 'researcher',
    });
    await insertMember(row, OUTSIDER, STRANGER, {
      issuer,
      subject: 'outsider',
      role: 'researcher',
    });
    await insertStore(row);
    await insertDataset(row, uuid('d2'), 'Footfall counts', 'public', 'published');
    await insertDataset(row, uuid('d3'), 'School travel <surveys>', 'parties', 'published');
    await insertDataset(row, uuid('d4'), 'Tenancy records', 'owner', 'published');
    await insertDataset(row, uuid('d5'), 'Unfinished air quality', 'public', 'draft');
    await insertDataset(row, uuid('d6'), 'Parking permits', 'parties', 'published');
    await insertAgreement(row);
    await insertProject(row);
    await insertGrant(row, 'active', '2026-12-24T12:00:00Z', '1');
    await insertGrant(row, 'issued', '2026-11-24T11:00:00Z', '2');
  });
}

async function insertOrganisation({ tx, event }: Row, id: string, name: string, kind: string) {
  await tx.query(
    `INSERT INTO organisation (id, name, kind, public_authority, status, audit_event_id)
     VALUES ($1, $2, $3, true, 'active', $4)`,
    [id, name, kind, event],
  );
}

async function insertMember(
  { tx, event }: Row,
  id: string,
  organisationId: string,
  person: { readonly issuer: string; readonly subject: string; readonly role: string },
) {
  await tx.query(
    `INSERT INTO person (id, issuer, subject, name, pseudonym, status, audit_event_id)
     VALUES ($1, $2, $3, $4, $5, 'active', $6)`,
    [
      id,
      person.issuer,
      person.subject,
      `The ${person.subject}`,
      `P-${id.slice(-2).replaceAll(/\d/g, 'x').repeat(4)}`,
      event,
    ],
  );
  await tx.query(
    `INSERT INTO membership (id, person_id, organisation_id, position, starts_on, ends_on, audit_event_id)
     VALUES ($1, $1, $2, 'Analyst', '2026-01-01', '2027-12-31', $3)`,
    [id, organisationId, event],
  );
  await tx.query(
    `INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id)
     VALUES ($1, $1, $2, '2026-01-01', $3)`,
    [id, person.role, event],
  );
}

async function insertStore({ tx, event }: Row) {
  await tx.query(
    `INSERT INTO partner_store (id, organisation_id, name, endpoint, region, bucket, addressing, credentials,
       credential_version, rotated_at, status, audit_event_id)
     VALUES ($1, $2, 'Store', 'https://store.example', 'eu-west-2', 'hidden-bucket', 'path', '', 1, '2026-05-01', 'ready',
       $3)`,
    [STORE, BOROUGH, event],
  );
}

async function insertDataset(
  { tx, event }: Row,
  id: string,
  title: string,
  visibility: string,
  status: string,
) {
  await tx.query(
    `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason,
       sensitivity, tags, kind, fields, population_id, store_id, prefix, keywords, licence, visibility, status,
       audit_event_id)
     VALUES ($1, $2, $3, 'Counted by the hour at every crossing of the borough.', 'Northbank Borough', 'data@example.org',
       'shared', 'By agreement', 'public', '{}', 'files', '[{"name": "count", "type": "integer", "class": "other"}]', $1, $4, 'counts/', '{}',
       'DATA_SHARE_AGREEMENT', $5, $6, $7)`,
    [id, BOROUGH, title, STORE, visibility, status, event],
  );
}

async function insertAgreement({ tx, event }: Row) {
  await tx.query(
    `INSERT INTO agreement (id, reference, organisation_id, current_version, audit_event_id)
     VALUES ($1, 'CON-2026-0001', $2, 1, $3)`,
    [AGREEMENT, BOROUGH, event],
  );
  await tx.query(
    `INSERT INTO agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at, ends_at,
       drafted_by, editors, activated_at, audit_event_id)
     VALUES ($1, 1, 'active', '{}', 'Safer crossings', '{}', 'sha-256:' || repeat('0', 64), '2026-05-31T23:00:00Z', '2027-05-31T23:00:00Z',
       $2, ARRAY[$2::uuid], '2026-06-01', $3)`,
    [AGREEMENT, OWNER, event],
  );
  await tx.query(
    `INSERT INTO agreement_item (agreement_id, version, dataset_id) VALUES ($1, 1, $2), ($1, 1, $3)`,
    [AGREEMENT, uuid('d2'), uuid('d3')],
  );
  for (const [id, organisationId, dataRole] of [
    [uuid('e2'), BOROUGH, 'provider'],
    [uuid('e3'), UNIVERSITY, 'recipient'],
  ] as const) {
    await tx.query(
      `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id, dpo_id,
         status, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, true, $6, $6, 'active', $7)`,
      [id, AGREEMENT, organisationId, dataRole, dataRole === 'provider', OWNER, event],
    );
  }
}

async function insertProject({ tx, event }: Row) {
  await tx.query(
    `INSERT INTO project (id, reference, organisation_id, title, summary, public_benefit, purposes, starts_on, ends_on,
       ethics_approved, status, audit_event_id)
     VALUES ($1, 'PRJ-2026-0001', $2, 'Where people cross', 'Counts', 'Safer streets', '{dpv:ResearchAndDevelopment}',
       '2026-06-01', '2027-05-31', false, 'active', $3)`,
    [PROJECT, UNIVERSITY, event],
  );
}

async function insertGrant({ tx, event }: Row, status: string, expiresAt: string, number: string) {
  const requestId = uuid(`9${number}`);
  await tx.query(
    `INSERT INTO access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version, requester_id,
       organisation_id, purpose, justification, delivery, until_on, frequency, conflict, undertaking_hash, undertaken_at,
       status, audit_event_id)
     VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 'dpv:ResearchAndDevelopment', 'Counts', 'stream', '2027-01-31', 'one_off',
       false, 'sha-256:0', '2026-11-01', 'approved', $8)`,
    [
      requestId,
      `REQ-2026-000${number}`,
      PROJECT,
      uuid('d2'),
      AGREEMENT,
      RESEARCHER,
      UNIVERSITY,
      event,
    ],
  );
  await tx.query(
    `INSERT INTO grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id, agreement_version,
       dataset_id, provider_id, store_id, delivery, status, issued_at, expires_at, max_revocation_seconds, policy_version,
       audit_event_id)
     VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, 'stream', $10, '2026-11-24T10:00:00Z', $11, 1, 1, $12)`,
    [
      uuid(`8${number}`),
      requestId,
      RESEARCHER,
      UNIVERSITY,
      PROJECT,
      AGREEMENT,
      uuid('d2'),
      BOROUGH,
      STORE,
      status,
      expiresAt,
      event,
    ],
  );
}
