import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { PERSONAL_VALUES } from './personal-values.js';

/**
 * Erased elsewhere: the person's row with its memberships, payloads and decisions by the eraser, keys with their subject,
 * exports that say something of them with the export.
 */
const ELSEWHERE = [
  ...['person.issuer', 'person.subject', 'person.name', 'person.email', 'person.pseudonym'],
  ...['audit_payload.body', 'subject_key.wrapped', 'audit_export_chunk.body'],
  ...['decision_record.failed', 'decision_record.explanation', 'decision_record.attributes'],
  ...['access_decision.reason', 'access_decision.position'],
];

/** Documents that were signed, and the terms that a signature is of (ADR 0039). */
const KEPT = [
  ...['agreement_signoff.jws', 'closure.certificate', 'closure.jws'],
  ...['agreement_version.document', 'agreement_version.terms', 'agreement_party.terms'],
];

/** Nothing in these is about anybody: codes, ids, digests, keys, what organisations say of themselves and their data. */
const IMPERSONAL: Readonly<Record<string, readonly string[]>> = {
  access_decision: ['conditions', 'decision', 'role'],
  access_request: ['delivery', 'frequency', 'purpose', 'reference', 'status', 'undertaking_hash'],
  access_log: ['fault', 'floor_key'],
  access_log_object: ['key'],
  accreditation: ['scheme', 'state'],
  agreement: ['reference'],
  agreement_ended_term: ['code', 'vocabulary'],
  agreement_notice: ['act'],
  agreement_party: ['data_role', 'status'],
  agreement_review: ['decision'],
  agreement_signoff: ['version_hash'],
  agreement_version: [
    'amendment',
    'editors',
    'next_dpia_review_on',
    'next_review_on',
    'status',
    'title',
    'version_hash',
  ],
  approval: ['act', 'proposed_role', 'status'],
  audit_event: [
    'digests',
    'leaf',
    'leaf_hash',
    'organisation_ids',
    'outcome',
    'person_ids',
    'reason_codes',
    'target_id',
    'target_type',
    'type',
  ],
  audit_alert: ['organisation_ids', 'rule', 'status', 'subject_kind'],
  audit_export: ['filters', 'format', 'reason', 'sees', 'sha256', 'status'],
  closure: ['certificate_hash', 'status'],
  dataset: [
    'access',
    'access_reason',
    'bbox',
    'fields',
    'forwarding_note',
    'frequency',
    'keywords',
    'kind',
    'landing_page',
    'languages',
    'licence',
    'origin_identifier',
    'places',
    'prefix',
    'row_count',
    'seal_fault',
    'sealed_version',
    'sensitivity',
    'spatial',
    'status',
    'tags',
    'temporal',
    'themes',
    'title',
    'visibility',
  ],
  // Made anew from the dataset's own columns whenever one of them is erased.
  dataset_as_searched: [
    'access',
    'kind',
    'languages',
    'places',
    'status',
    'themes',
    'title',
    'visibility',
    'what_facets',
    'whose_facets',
  ],
  dataset_link: ['kind'],
  dataset_profile: ['fault', 'proposal', 'status'],
  dataset_version: ['skipped', 'version'],
  // Single words, of whichever datasets: no name of a person is whole in them.
  dataset_word: ['word'],
  decision_record: ['action', 'attributes_hash', 'narrowing', 'outcome', 'reason', 'rule_ids'],
  delegation: ['role'],
  distribution: ['access_url', 'download_url', 'media_type', 'path', 'title'],
  erasure: ['kept', 'legal_basis'],
  feed: ['watch_fault'],
  feed_entry: ['change', 'etag', 'name'],
  feed_object: ['name'],
  grant_object: ['name'],
  grants: ['dataset_version', 'delivery', 'end_reason', 'jkt', 'status'],
  // What another catalogue publishes, and how it is read: what names somebody there is the publisher's to take out, and is read anew.
  harvest_entry: ['change', 'identifier', 'reasons', 'title'],
  harvest_record: ['digest'],
  harvest_run: ['cursor', 'fault', 'outcome'],
  harvest_seen: ['identifier'],
  harvest_source: ['etag', 'fault', 'format', 'name', 'status', 'url', 'visibility'],
  idempotency: ['body_sha256', 'key', 'route'],
  invitation: ['invited_as', 'roles', 'status', 'token_sha256'],
  issue_idempotency: ['body_sha256', 'key'],
  log_halt: ['code', 'detail'],
  log_leaf: ['leaf_hash'],
  log_state: ['right_edge', 'root'],
  mail_outbox: ['dedupe_key', 'last_fault', 'sealed', 'status'],
  manifest_draft: ['etag', 'name'],
  manifest_entry: ['etag', 'name', 'sha256', 'version', 'version_id'],
  membership_role: ['role'],
  // The requester is a keyed fingerprint of what a store calls them.
  observed_read: ['object_name', 'reason', 'request_id', 'requester', 'verdict'],
  open_stream: ['byte_range', 'object_name'],
  organisation: ['identifier_scheme', 'identifier_value', 'kind', 'name', 'status', 'website'],
  organisation_check: ['kind', 'number'],
  partner_store: [
    'access_log',
    'addressing',
    'bucket',
    'credentials',
    'endpoint',
    'name',
    'probe',
    'probe_session',
    'public_endpoint',
    'region',
    'status',
    'sts',
  ],
  person: ['status'],
  personal_token: ['digest', 'scopes'],
  policy_rule: [
    'action',
    'condition',
    'condition_sha256',
    'effect',
    'guardrail_id',
    'message',
    'recipients',
    'reference',
  ],
  project: [
    'ethics_reference',
    'funders',
    'other_datasets',
    'outputs',
    'purposes',
    'reference',
    'status',
    'sublicences',
    'title',
  ],
  reference_counter: ['series'],
  reminder: ['cause'],
  retention_hold: ['scope_type'],
  searchable_dataset: [
    'access',
    'kind',
    'languages',
    'places',
    'room',
    'status',
    'themes',
    'title',
    'visibility',
    'what_facets',
    'whose_facets',
  ],
  session: ['sid'],
  service_account: ['client_id', 'issuer', 'name', 'roles', 'status'],
  signing_key: ['kid', 'public_jwk', 'purpose', 'state', 'wrapped'],
  store_client: ['kid', 'name', 'public_jwk'],
  store_probe: ['checks'],
  training: ['course'],
  used_proof: ['digest'],
};

const QUESTION = `
  SELECT table_name || '.' || column_name AS name FROM information_schema.columns
  WHERE table_schema IN ('public', 'sessions') AND table_name <> 'migrations'
    AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY') ORDER BY 1`;

describe('what an erasure takes out of the database', () => {
  let db: TestDatabase;
  let owner: pg.Client;

  beforeAll(async () => {
    db = await testDatabase();
    owner = new pg.Client(db.urlFor('postgres'));
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await db.close();
  });

  it('is asked of every column of text: a new one is a question that somebody answers here', async () => {
    const { rows } = await owner.query<{ name: string }>(QUESTION);
    const impersonal = Object.entries(IMPERSONAL).flatMap(([table, columns]) =>
      columns.map((column) => `${table}.${column}`),
    );
    const erased = PERSONAL_VALUES.flatMap(({ columns }) => columns);
    const answered = new Set([...erased, ...ELSEWHERE, ...KEPT, ...impersonal]);
    expect(rows.map(({ name }) => name).filter((name) => !answered.has(name))).toEqual([]);
    const there = new Set(rows.map(({ name }) => name));
    expect([...answered].filter((name) => !there.has(name))).toEqual(['subject_key.wrapped']);
  });

  it('is taken out by statements that the broker’s login may run', async () => {
    const person = {
      id: '01990000-0000-7000-8000-0000000000a1',
      issuer: 'https://id.example',
      subject: 'subject',
      name: 'Nobody Atall',
      email: 'nobody@example.org',
      pseudonym: 'P-abcdefgh',
    };
    const moment = { at: new Date(0), auditEventId: person.id };
    for (const { statements } of PERSONAL_VALUES) {
      for (const [sql, params] of statements(person, moment)) {
        await expect(db.dataSource.query(sql, [...params])).resolves.toBeDefined();
      }
    }
  });
});
