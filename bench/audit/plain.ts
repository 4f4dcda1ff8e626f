import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';

const run = promisify(execFile);

interface Event {
  readonly leaf: string;
  readonly digests: string;
  readonly person_ids: readonly string[];
}

/** Tables like the trail's, with its indexes and without its triggers: nothing but rows. */
export async function makePlainTables(admin: pg.Client): Promise<void> {
  await admin.query(`
    CREATE SCHEMA plain;
    CREATE TABLE plain.audit_event (LIKE public.audit_event INCLUDING ALL);
    CREATE TABLE plain.audit_payload (LIKE public.audit_payload INCLUDING ALL,
      FOREIGN KEY (event_id) REFERENCES plain.audit_event);`);
}

/**
 * A script for pgbench that writes rows of the shape and size of the newest event's, each transaction one event: ids in the
 * order of time, one person, everything else anew.
 */
export async function writeScript(admin: pg.Client, folder: string): Promise<string> {
  const { rows } = await admin.query<{ event: Event; payloads: number[] }>(`
    SELECT row_to_json(e) AS event,
      (SELECT array_agg(octet_length(body)) FROM audit_payload p WHERE p.event_id = e.id) AS payloads
    FROM audit_event e WHERE type = 'object.listed' ORDER BY occurred_at DESC LIMIT 1`);
  const { leaf, digests, person_ids: people } = rows[0]?.event ?? {};
  const payloads = (rows[0]?.payloads ?? []).map(
    (length) => `(gen_random_uuid(), decode(repeat('a7', ${String(length)}), 'hex'))`,
  );
  const file = join(folder, 'append.sql');
  await writeFile(
    file,
    `BEGIN;
WITH e AS (
  INSERT INTO plain.audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, dataset_id, agreement_id,
    grant_id, reason_codes, bytes, leaf, digests)
  VALUES (uuidv7(), 'object.listed', now(), 'success', '{${String(people)}}',
    ARRAY[gen_random_uuid(), gen_random_uuid()], gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '{}', 0,
    '${String(leaf)}'::bytea, '${String(digests)}'::bytea) RETURNING id)
INSERT INTO plain.audit_payload (event_id, subject_id, body)
SELECT e.id, p.subject, p.body FROM e, (VALUES ${payloads.join(', ')}) AS p (subject, body);
COMMIT;
`,
  );
  return file;
}

/** @returns transactions a second. @throws Error that says where pgbench is to be had. */
export async function runPgbench(
  url: string,
  script: string,
  { clients, transactions }: { readonly clients: number; readonly transactions: number },
): Promise<number> {
  const each = String(Math.ceil(transactions / clients));
  const args = ['-n', '-f', script, '-c', String(clients), '-j', '2', '-t', each, '-M', 'prepared'];
  try {
    const { stdout } = await run('pgbench', [...args, url], { timeout: 300_000 });
    const [, tps] = /tps = ([\d.]+)/.exec(stdout) ?? [];
    return Number(tps);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error('pgbench is not here. On Debian: apt-get install postgresql-contrib', {
        cause: error,
      });
    }
    throw error;
  }
}
