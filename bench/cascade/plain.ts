import pg from 'pg';

const EVENT_COLUMNS = `id, type, occurred_at, outcome, person_ids, organisation_ids, target_type, target_id, project_id,
  dataset_id, agreement_id, access_request_id, grant_id, reason_codes, bytes, leaf, digests`;

/**
 * Lays out, beforehand, the rows that ending one agreement wrote, as they would be for another one: all that the peer then
 * does is to write them.
 */
export async function copyRows(admin: pg.Client, ended: string, next: string): Promise<void> {
  await admin.query('DROP TABLE IF EXISTS bench_end, bench_event, bench_payload, bench_closure');
  await admin.query(
    `CREATE TABLE bench_end AS SELECT o.audit_event_id AS old_event_id, uuidv7() AS event_id, n.id AS grant_id,
       n.access_request_id
     FROM (SELECT *, row_number() OVER (ORDER BY id) AS at FROM grants WHERE agreement_id = '${ended}') o
     JOIN (SELECT *, row_number() OVER (ORDER BY id) AS at FROM grants WHERE agreement_id = '${next}') n USING (at)`,
  );
  await admin.query(
    `CREATE TABLE bench_closure AS SELECT (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'agreement_id',
       '${next}', 'audit_event_id', uuidv7()))).*, c.audit_event_id AS old_event_id
     FROM closure c WHERE c.agreement_id = '${ended}'`,
  );
  await admin.query(
    `CREATE TABLE bench_event AS
     SELECT (jsonb_populate_record(e, jsonb_build_object('id', coalesce(b.event_id, c.audit_event_id, uuidv7()),
       'agreement_id', '${next}', 'grant_id', b.grant_id, 'access_request_id', b.access_request_id))).*, e.id AS old_id
     FROM audit_event e LEFT JOIN bench_end b ON b.old_event_id = e.id LEFT JOIN bench_closure c ON c.old_event_id = e.id
     WHERE e.agreement_id = '${ended}' AND e.type IN ('grant.revoked', 'closure.due', 'agreement.suspended')`,
  );
  await admin.query(
    `CREATE TABLE bench_payload AS SELECT b.id AS event_id, p.subject_id, p.body
     FROM audit_payload p JOIN bench_event b ON b.old_id = p.event_id`,
  );
  await admin.query(
    'GRANT SELECT ON bench_end, bench_event, bench_payload, bench_closure TO concordat_app',
  );
  await admin.query('ANALYZE bench_end, bench_event, bench_payload, bench_closure');
}

/** One transaction of plain SQL over one connection. @returns milliseconds. */
export async function endPlainly(databaseUrl: string, agreementId: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const startedAt = performance.now();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO audit_event (${EVENT_COLUMNS}) SELECT ${EVENT_COLUMNS} FROM bench_event`,
  );
  await client.query(
    'INSERT INTO audit_payload (event_id, subject_id, body) SELECT event_id, subject_id, body FROM bench_payload',
  );
  await client.query(
    `UPDATE agreement_version SET status = 'suspended', audit_event_id =
       (SELECT id FROM bench_event WHERE type = 'agreement.suspended') WHERE agreement_id = $1 AND status = 'active'`,
    [agreementId],
  );
  await client.query(
    `UPDATE grants g SET status = 'revoked', epoch = g.epoch + 1, ended_at = now(), end_reason = 'version_stopped',
       audit_event_id = b.event_id FROM bench_end b WHERE g.id = b.grant_id`,
  );
  await client.query(
    `INSERT INTO closure (id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
       audit_event_id) SELECT id, project_id, agreement_id, organisation_id, provider_id, status, opened_at, due_at,
       audit_event_id FROM bench_closure`,
  );
  await client.query('NOTIFY concordat_grants');
  await client.query('COMMIT');
  const took = performance.now() - startedAt;
  await client.end();
  return took;
}
