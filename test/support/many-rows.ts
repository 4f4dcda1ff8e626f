import pg from 'pg';
import type { TestDatabase } from './database.js';

/** How many of each kind. */
export const ROWS = 20_000;

/** The id of the nth of a kind, as SQL; rows that belong together have the same n. */
export const id = (kind: string, n = 'n'): string =>
  `('${kind.padStart(8, '0')}-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
const [event, org, person, project, dataset, store, agreement, request] = [
  ...['e', '1', '2', '3', '4', '5', '6', '7'].map((kind) => id(kind)),
] as [string, string, string, string, string, string, string, string];

/** One of a thousand is live, as in a register that is years old; of those, one in ten has ended and nobody wrote so yet. */
const lastDay = `(CASE WHEN n % 1000 NOT IN (711, 712) THEN '2025-06-01' WHEN n % 10000 = 711 THEN '2026-05-01'
  ELSE '2027-01-01' END)::date`;
const endedAt = `CASE WHEN n % 1000 <> 711 THEN '2025-06-02'::timestamptz END`;
const either = (live: string, ended: string): string =>
  `CASE WHEN n % 1000 = 711 THEN '${live}' ELSE '${ended}' END`;

/** Rows for every table that grows; foreign keys are off, so only what the queries read is there. */
const FILL: readonly string[] = [
  `audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
   SELECT ${event}, 'request.returned', '2026-06-01', 'success', '{}', '{}', '{}', 'l', ''`,
  `organisation (id, name, kind, public_authority, status, audit_event_id)
   SELECT ${org}, n::text, 'borough', true, 'active', ${event}`,
  `organisation_check (id, organisation_id, kind, number, issued_on, expires_on, lapsed_at, audit_event_id)
   SELECT ${org}, ${org}, 'ico', '1', '2025-01-01', ${lastDay}, ${endedAt}, ${event}`,
  `person (id, issuer, subject, pseudonym, status, audit_event_id)
   SELECT ${person}, 'i', n::text, 'P-' || translate(lpad(n::text, 8, '0'), '0189', 'abcd'), 'active', ${event}`,
  `membership (id, person_id, organisation_id, position, starts_on, ends_on, ended_at, audit_event_id)
   SELECT ${person}, ${person}, ${org}, 'Head', '2025-01-01', ${lastDay}, ${endedAt}, ${event}`,
  `membership_role (id, membership_id, role, starts_on, ends_on, ended_at, audit_event_id)
   SELECT ${person}, ${person}, 'researcher', '2025-01-01', ${lastDay}, ${endedAt}, ${event}`,
  `delegation (id, membership_id, role, deputy_id, starts_on, ends_on, reason, ended_at, audit_event_id)
   SELECT ${person}, ${person}, 'dpo', ${person}, ${lastDay} - 10, ${lastDay}, 'r', ${endedAt}, ${event}`,
  `reminder (id, cause, subject_id, due_on, days_ahead, about, audit_event_id)
   SELECT ${person}, 'training', ${person}, ${lastDay}, 90, 'a', ${event}`,
  `reminder_recipient (reminder_id, person_id, digest_on)
   SELECT ${person}, ${person}, CASE WHEN n % 1000 <> 711 THEN '2025-06-01'::date END`,
  `accreditation (id, person_id, scheme, number, awarded_on, expires_on, state, audit_event_id)
   SELECT ${person}, ${person}, 'dea_full', '1', '2025-01-01', ${lastDay}, ${either('verified', 'lapsed')}, ${event}`,
  `training (id, person_id, course, awarded_on, expires_on, lapsed_at, audit_event_id)
   SELECT ${person}, ${person}, 'srt', '2025-01-01', ${lastDay}, ${endedAt}, ${event}`,
  `project (id, reference, organisation_id, title, summary, public_benefit, purposes, starts_on, ends_on,
     ethics_approved, status, audit_event_id)
   SELECT ${project}, 'PRJ-2026-' || lpad(n::text, 5, '0'), ${org}, 't', 's', 'b', '{p}', '2025-01-01', ${lastDay},
     false, ${either('active', 'closed')}, ${event}`,
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
  `agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at, ends_at, drafted_by, editors,
     audit_event_id)
   SELECT ${agreement}, 1, CASE n % 1000 WHEN 711 THEN 'active' WHEN 712 THEN 'awaiting_signature' ELSE 'expired' END,
     jsonb_build_object('parties', jsonb_build_array(jsonb_build_object('organisationId', ${org})), 'endsOn', ${lastDay}::text, 'reviewOn', ${lastDay}::text,
       'dpia', jsonb_build_object('reviewOn', ${lastDay}::text)),
     't', '{}', 'sha-256:' || repeat('0', 64), '2026-01-01', ${lastDay} + 1, ${person}, '{}', ${event}`,
  `agreement_item (agreement_id, version, dataset_id) SELECT ${agreement}, 1, ${dataset}`,
  `agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id, dpo_id, status,
     audit_event_id)
   SELECT ${agreement}, ${agreement}, ${org}, 'both', true, true, ${person}, ${person}, 'active', ${event}`,
  `agreement_notice (id, agreement_id, act, party_id, organisation_id, reason, given_by, given_at, takes_effect_at,
     audit_event_id, settled_by)
   SELECT ${agreement}, ${agreement}, 'withdraw', ${agreement}, ${org}, 'r', ${person}, '2026-05-01', '2026-06-01', ${event},
     CASE WHEN n % 1000 <> 711 THEN ${event} END`,
  `agreement_signoff (id, agreement_id, version, version_hash, party_id, person_id, jws, signed_at, audit_event_id)
   SELECT ${agreement}, ${agreement}, 1, 'sha-256:' || repeat('0', 64), ${agreement}, ${person}, 'j', '2026-01-01', ${event}`,
  `access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version, requester_id, organisation_id,
     purpose, justification, delivery, until_on, frequency, conflict, undertaking_hash, undertaken_at, status,
     audit_event_id)
   SELECT ${request}, 'REQ-2026-' || lpad(n::text, 5, '0'), ${project}, ${dataset}, ${agreement}, 1, ${person}, ${org},
     'p', 'j', 'stream', ${lastDay}, 'one_off', false, 'h', '2026-01-01',
     CASE n % 1000 WHEN 711 THEN 'approved' WHEN 712 THEN 'returned' ELSE 'closed' END, ${event}`,
  `access_decision (id, access_request_id, decision, reason, decider_id, position, role, is_automatic, decided_at,
     audit_event_id)
   SELECT ${request}, ${request}, 'approved', 'r', ${person}, 'Head', 'data_owner', false, '2026-01-01', ${event}`,
  `grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id, agreement_version, dataset_id,
     provider_id, store_id, delivery, status, issued_at, expires_at, ended_at,
     max_revocation_seconds, policy_version, audit_event_id)
   SELECT ${request}, ${request}, ${person}, ${org}, ${project}, ${agreement}, 1, ${dataset}, ${org}, ${store}, 'stream',
     ${either('active', 'expired')}, '2026-01-01', '2027-01-01', ${endedAt}, 1, 1, ${event}`,
];

/** Puts them there. */
export async function fillManyRows(db: TestDatabase): Promise<void> {
  const superuser = new pg.Client(db.urlFor('postgres'));
  await superuser.connect();
  try {
    await superuser.query('SET session_replication_role = replica');
    for (const rows of FILL) {
      await superuser.query(`INSERT INTO ${rows} FROM generate_series(1, ${String(ROWS)}) n`);
    }
    await superuser.query('ANALYZE');
  } finally {
    await superuser.end();
  }
}

/** The tables that a query reads from end to end. */
export async function scannedBy(
  { database }: TestDatabase,
  sql: string,
  params: readonly unknown[],
): Promise<readonly string[]> {
  const plan = await database.manager.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, [
    ...params,
  ]);
  return plan.flatMap((line) => / Seq Scan on (\w+)/.exec(line['QUERY PLAN'])?.[1] ?? []);
}
