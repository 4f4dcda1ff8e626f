import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { FACTS } from './access-facts.service.js';

const ROWS = 20_000;

/** The id of the nth of a kind; rows that belong together have the same n. */
const id = (kind: string, n = 'n'): string =>
  `('${kind.padStart(8, '0')}-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
const [event, org, person, project, dataset, store, agreement, request] = [
  ...['e', '1', '2', '3', '4', '5', '6', '7'].map((kind) => id(kind)),
] as [string, string, string, string, string, string, string, string];

/** Rows for every table that grows; foreign keys are off, so only what the query reads is there. */
const FILL: readonly string[] = [
  `organisation (id, name, kind, public_authority, status, audit_event_id)
   SELECT ${org}, n::text, 'borough', true, 'active', ${event}`,
  `organisation_check (id, organisation_id, kind, number, issued_on, expires_on, audit_event_id)
   SELECT ${org}, ${org}, 'ico', '1', '2026-01-01', '2027-01-01', ${event}`,
  `person (id, issuer, subject, pseudonym, status, audit_event_id)
   SELECT ${person}, 'i', n::text, 'P-' || translate(lpad(n::text, 8, '0'), '0189', 'abcd'), 'active', ${event}`,
  `membership (id, person_id, organisation_id, position, starts_on, audit_event_id)
   SELECT ${person}, ${person}, ${org}, 'Head', '2026-01-01', ${event}`,
  `membership_role (id, membership_id, role, starts_on, audit_event_id)
   SELECT ${person}, ${person}, 'researcher', '2026-01-01', ${event}`,
  `accreditation (id, person_id, scheme, number, awarded_on, expires_on, state, audit_event_id)
   SELECT ${person}, ${person}, 'dea_full', '1', '2026-01-01', '2027-01-01', 'verified', ${event}`,
  `training (id, person_id, course, awarded_on, expires_on, audit_event_id)
   SELECT ${person}, ${person}, 'srt', '2026-01-01', '2027-01-01', ${event}`,
  `project (id, reference, organisation_id, title, summary, public_benefit, purposes, starts_on, ends_on,
     ethics_approved, status, audit_event_id)
   SELECT ${project}, 'PRJ-2026-' || lpad(n::text, 5, '0'), ${org}, 't', 's', 'b', '{p}', '2026-01-01', '2027-01-01',
     false, 'active', ${event}`,
  `project_member (id, project_id, person_id, organisation_id, is_lead, added_at, audit_event_id)
   SELECT ${person}, ${project}, ${person}, ${org}, true, '2026-01-01', ${event}`,
  `partner_store (id, organisation_id, name, endpoint, region, bucket, addressing, credentials, credential_version,
     rotated_at, status, audit_event_id)
   SELECT ${store}, ${org}, 's', 'https://s.example', 'r', 'b', 'path', '', 1, '2026-01-01', 'ready', ${event}`,
  `dataset (id, organisation_id, title, description, publisher, contact, access, sensitivity, tags, kind, fields,
     population_id, store_id, prefix, keywords, licence, visibility, status, audit_event_id)
   SELECT ${dataset}, ${org}, 't', 'd', 'p', 'c', 'open', 'public', '{}', 'files', '[]', ${dataset}, ${store}, 'p/', '{}',
     'l', 'public', 'published', ${event}`,
  `distribution (id, dataset_id, title, media_type, path, audit_event_id)
   SELECT ${dataset}, ${dataset}, 't', 'text/csv', '', ${event}`,
  `agreement (id, reference, organisation_id, current_version, audit_event_id)
   SELECT ${agreement}, 'CON-2026-' || lpad(n::text, 5, '0'), ${org}, 1, ${event}`,
  `agreement_version (agreement_id, version, status, terms, title, document, version_hash, ends_at, drafted_by, editors,
     audit_event_id)
   SELECT ${agreement}, 1, 'active', '{}', 't', '{}', 'sha-256:' || repeat('0', 64), '2027-01-01', ${person}, '{}', ${event}`,
  `agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id, dpo_id, status,
     audit_event_id)
   SELECT ${agreement}, ${agreement}, ${org}, 'both', true, true, ${person}, ${person}, 'active', ${event}`,
  `access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version, requester_id, organisation_id,
     purpose, justification, delivery, until_on, frequency, conflict, undertaking_hash, undertaken_at, status,
     audit_event_id)
   SELECT ${request}, 'REQ-2026-' || lpad(n::text, 5, '0'), ${project}, ${dataset}, ${agreement}, 1, ${person}, ${org},
     'p', 'j', 'stream', '2027-01-01', 'one_off', false, 'h', '2026-01-01', 'approved', ${event}`,
  `access_decision (id, access_request_id, decision, reason, decider_id, position, role, is_automatic, decided_at,
     audit_event_id)
   SELECT ${request}, ${request}, 'approved', 'r', ${person}, 'Head', 'data_owner', false, '2026-01-01', ${event}`,
  `grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id, agreement_version, dataset_id,
     provider_id, store_id, delivery, status, issued_at, expires_at, max_revocation_seconds, policy_version,
     audit_event_id)
   SELECT ${request}, ${request}, ${person}, ${org}, ${project}, ${agreement}, 1, ${dataset}, ${org}, ${store}, 'stream',
     'active', '2026-01-01', '2027-01-01', 1, 1, ${event}`,
];

describe(`the facts of one of ${String(ROWS)} access requests`, () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    const superuser = new pg.Client(db.urlFor('postgres'));
    await superuser.connect();
    await superuser.query('SET session_replication_role = replica');
    for (const rows of FILL) {
      await superuser.query(`INSERT INTO ${rows} FROM generate_series(1, ${String(ROWS)}) n`);
    }
    await superuser.query('ANALYZE');
    await superuser.end();
  }, 120_000);
  afterAll(() => db.close());

  it('are read by index alone', async () => {
    const manager = db.database.manager;
    const [one] = await manager.query<{ id: string }[]>(`SELECT ${id('7', '4711')} AS id`);
    const params = [one?.id, '2026-06-15', new Date('2026-06-15T09:00:00Z'), null];
    const [read] = await manager.query<{ facts: { person: unknown; liveGrantId: string } }[]>(
      FACTS,
      params,
    );
    expect(read?.facts).toMatchObject({
      person: { accreditations: [{ code: 'dea_full' }], trainings: [{ code: 'srt' }] },
      affiliation: { roles: ['researcher'] },
      project: { isMember: true },
      agreement: { partyStatus: 'active', providerStatus: 'active' },
      liveGrantId: one?.id,
    });
    const plan = await manager.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${FACTS}`, params);
    const scanned = plan
      .map((line) => / Seq Scan on (\w+)/.exec(line['QUERY PLAN'])?.[1])
      .filter((table) => table !== undefined);
    // One row each, for ever.
    expect(scanned.filter((table) => !['policy_head', 'log_state'].includes(table))).toEqual([]);
  });
});
