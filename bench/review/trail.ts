import pg from 'pg';
import { CITY, id, issuedAt } from './ground.js';

export const EVENTS = 1_000_000;
const PER_GRANT = EVENTS / CITY.grants;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const WRITERS = 2;
const CHUNK = 50_000;

/**
 * What happens, twenty-five events a grant: it is issued, used, ends; its people sign in, are refused and are looked at. `k`
 * is the place among the twenty-five. An opening and its delivery follow each other.
 */
const TYPE = `CASE
  WHEN k = 0 THEN 'grant.issued'
  WHEN k = 1 THEN CASE WHEN n / ${String(PER_GRANT)} % 5 = 0 THEN 'auth.signed-in' ELSE 'grant.activated' END
  WHEN k = 2 THEN 'grant.expired'
  WHEN k BETWEEN 3 AND 14 THEN CASE WHEN k % 2 = 1 THEN 'object.opened' WHEN n % 11 = 0 THEN 'object.cut'
    ELSE 'object.delivered' END
  WHEN k = 15 THEN 'object.listed'
  WHEN k = 16 THEN CASE WHEN n % 3 = 0 THEN 'object.credential-issued' ELSE 'object.url-issued' END
  WHEN k = 17 THEN 'feed.delivered'
  WHEN k BETWEEN 18 AND 20 THEN 'auth.signed-in'
  WHEN k = 21 THEN 'auth.signed-out'
  WHEN k = 22 THEN CASE WHEN n % 2 = 0 THEN 'access.denied' WHEN n % 20 = 7 THEN 'object.read-unmatched'
    ELSE 'grant.refused' END
  WHEN k = 23 THEN 'audit.searched'
  ELSE (ARRAY['request.submitted', 'request.approved', 'agreement.signed'])[1 + n / ${String(PER_GRANT)} % 3] END`;

/** Of the pair that an opening and its delivery are, the first. */
const PAIR = `CASE WHEN k BETWEEN 3 AND 14 AND k % 2 = 0 THEN n - 1 ELSE n END`;
/** Which grant is used: most often a new one, never one that is over. One in five never is. */
const USED = `greatest(1, n / ${String(PER_GRANT)} - (1500 * power(abs(hashint4(${PAIR}) / 2147483648.0), 3))::int)`;
const GRANT = `CASE WHEN k IN (0, 1, 24) THEN n / ${String(PER_GRANT)} WHEN k = 2 THEN greatest(1, n / ${String(PER_GRANT)} - 2200)
  WHEN k BETWEEN 3 AND 17 THEN u + CASE WHEN u % 5 = 0 THEN 1 ELSE 0 END ELSE 0 END`;

/** The events from one number up to another, which is not one of them. */
const FILL = `
  WITH event AS (
    SELECT n, k, ${id('event')} AS event_id, ${TYPE} AS type, ${GRANT} AS grant_no,
      ${issuedAt(`n::float / ${String(PER_GRANT)}`)} AS at, ${id('event', PAIR)} AS pair_id
    FROM (SELECT n, n % ${String(PER_GRANT)} AS k, ${USED.replaceAll(/\bk\b/g, `(n % ${String(PER_GRANT)})`)} AS u
      FROM generate_series($1::int, $2::int - 1) n) numbers),
  stored AS (
    SELECT e.*, CASE WHEN k < 24 THEN g.id END AS grant_id, g.organisation_id AS recipient, g.provider_id AS provider, g.project_id, g.dataset_id,
      g.agreement_id, g.access_request_id, coalesce(g.person_id, ${id('person', `1 + abs(hashint4(n)::bigint) % ${String(CITY.people)}`)}) AS person_id,
      CASE WHEN type IN ('object.delivered', 'object.cut') THEN 1000 + abs(hashint4(n)::bigint) % 10000000 END AS bytes
    FROM event e LEFT JOIN grants g ON e.grant_no > 0 AND g.id = ${id('grant', 'e.grant_no')}),
  events AS (
    INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, project_id, dataset_id, agreement_id,
      access_request_id, grant_id, reason_codes, bytes, leaf, digests)
    SELECT event_id, type, at, CASE WHEN type IN ('access.denied', 'grant.refused') THEN 'refused' WHEN type = 'object.read-unmatched' THEN 'failed'
        ELSE 'success' END,
      ARRAY[person_id], CASE WHEN recipient IS NULL THEN ARRAY[${id('organisation', `1 + n % ${String(CITY.organisations)}`)}]
        ELSE ARRAY[recipient, provider] END,
      project_id, dataset_id, agreement_id, access_request_id, grant_id, CASE WHEN type IN ('access.denied', 'grant.refused') THEN '{operation_denied}'::text[] ELSE '{}' END, bytes,
      convert_to('{"c":"30jSjyEQuWAZwfaYUeob1Qp-OUUXT1svsk-Gp8mrYc8","k":"' || type || '","t":1795444800,"v":1}', 'UTF8'),
      decode(repeat(md5(n::text), 32), 'hex')
    FROM stored),
  payloads AS (
    INSERT INTO audit_payload (event_id, subject_id, body)
    SELECT event_id, '${NOBODY}', sha256(event_id::text::bytea) || convert_to('[["actorKind","person"],["actorOrganisationId","'
      || coalesce(recipient, ${id('organisation', '1')}) || '"],["actorRole","researcher"]'
      || CASE WHEN k BETWEEN 3 AND 14 AND k % 2 = 0 THEN ',["bytes",' || bytes || '],["decisionId","' || pair_id || '"]' ELSE '' END
      || ',["eventId","' || event_id || '"]' || CASE WHEN grant_id IS NULL THEN '' ELSE ',["datasetId","' || dataset_id
        || '"],["delivery","stream"],["grantId","' || grant_id || '"],["objectId","part-' || n % 50 || '.csv"],["range",null]' END
      || ',["outcome","success"],["traceId","' || md5(n::text) || '"],["type","' || type || '"]]', 'UTF8')
    FROM stored)
  INSERT INTO decision_record (id, audit_event_id, person_id, outcome, reason, policy_version, attributes_hash, attributes,
    rule_ids, failed, explanation, decided_at)
  SELECT event_id, event_id, person_id, 'allow', 'allowed', 1, sha256('x'), decode(repeat(md5(n::text), 20), 'hex'), '{}', '[]',
    '', at
  FROM stored WHERE type IN ('grant.issued', 'object.opened')`;

/** Reads that stores told of in the last ninety days: of streams, of URLs, and a few that nothing explains. */
const READS = `
  INSERT INTO observed_read (store_id, request_id, read_at, dataset_id, object_name, bytes, requester, verdict, reason,
    unexplained_bytes, grant_id, cited_event_id)
  SELECT g.store_id, e.id::text, e.occurred_at, g.dataset_id, 'part.csv', 1000, 'r' || abs(hashtext(e.id::text)::bigint) % 40, v.verdict,
    CASE WHEN v.verdict = 'unmatched' THEN 'no_grant' END, CASE WHEN v.verdict = 'unmatched' THEN 1000 ELSE 0 END,
    CASE WHEN v.verdict = 'observed' THEN g.id END, CASE WHEN v.verdict <> 'unmatched' THEN e.id END
  FROM audit_event e JOIN grants g ON g.id = e.grant_id,
    LATERAL (SELECT CASE WHEN abs(hashtext(e.id::text)::bigint) % 50 = 0 THEN 'unmatched' WHEN e.type = 'object.opened' THEN 'stream'
      ELSE 'observed' END AS verdict) v
  WHERE e.type IN ('object.opened', 'object.url-issued', 'object.credential-issued') AND abs(hashtext(e.id::text)::bigint) % 20 <> 7
    AND e.occurred_at > now() - interval '90 days'`;

/** Of one grant in eight, some of which nobody has looked at yet. */
const ALERTS = `
  INSERT INTO audit_alert (id, rule, subject_kind, subject_id, day, organisation_ids, found, usual, threshold, raised_at,
    audit_event_id, status, closed_at, closed_by, closed_event_id)
  SELECT g.id, 'bytes', 'grant', g.id, g.issued_at::date, ARRAY[g.organisation_id, g.provider_id], 1000000, 1000, 10000,
    g.issued_at, event, CASE WHEN n % 40 = 0 THEN 'open' ELSE 'closed' END, CASE WHEN n % 40 <> 0 THEN g.issued_at END,
    CASE WHEN n % 40 <> 0 THEN g.person_id END, CASE WHEN n % 40 <> 0 THEN event END
  FROM generate_series(8, ${String(CITY.grants)}, 8) n JOIN grants g ON g.id = ${id('grant')},
    LATERAL (SELECT id AS event FROM audit_event WHERE id = ${id('event', `n * ${String(PER_GRANT)}`)}) e`;

/** Writes a million events, or the newest of them, past the broker: what is measured is how they are read. */
export async function makeTrail(url: string, admin: pg.Client, newest = EVENTS): Promise<void> {
  const tables = ['audit_event', 'audit_payload', 'decision_record'];
  const indexes = await dropIndexes(admin, tables);
  // They have no place in the log, and need none.
  await admin.query('ALTER TABLE audit_event DISABLE TRIGGER ALL');
  await admin.query('ALTER TABLE audit_payload DISABLE TRIGGER ALL');
  const oldest = EVENTS - newest;
  const chunks = Array.from({ length: newest / CHUNK }, (_, at) => oldest + at * CHUNK).values();
  await Promise.all(Array.from({ length: WRITERS }, () => fill(url, chunks)));
  await admin.query(`SET maintenance_work_mem = '512MB'`);
  for (const index of indexes) {
    await admin.query(index);
  }
  await admin.query('ALTER TABLE audit_payload ENABLE TRIGGER ALL');
  await admin.query('ALTER TABLE audit_event ENABLE TRIGGER ALL');
  await admin.query(READS);
  await admin.query(ALERTS);
  await admin.query('VACUUM ANALYZE');
}

async function fill(url: string, chunks: Iterable<number>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(
      `SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB'`,
    );
    for (const from of chunks) {
      // The first has number one.
      await client.query(FILL, [from + 1, from + 1 + CHUNK]);
    }
  } finally {
    await client.end();
  }
}

/** @returns what makes them again. */
async function dropIndexes(
  admin: pg.Client,
  tables: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await admin.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
     WHERE i.indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
    [tables],
  );
  for (const { name } of rows) {
    await admin.query(`DROP INDEX ${name}`);
  }
  return rows.map(({ definition }) => definition);
}
