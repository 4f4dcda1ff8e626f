import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { readState } from '../../sandbox/state/state.js';
import { payloadAad } from '../../src/audit/audit.service.js';
import type { Config } from '../../src/config/config.js';
import { SubjectKeys } from '../../src/platform/secrets/subject-keys.js';

const NEWEST = 300;

/** What only they are in: who acted, and from where, encrypted as the broker does it. @param personIds who is asked about. */
export async function sealPeople(
  { folder, adminDatabaseUrl }: RunningSandbox,
  admin: pg.Client,
  personIds: readonly string[],
): Promise<void> {
  const secrets = new URL(adminDatabaseUrl);
  secrets.pathname = '/concordat_secrets';
  const kek = Buffer.from((await readState(folder))?.kek ?? '', 'base64');
  const keys = new SubjectKeys({ secretsDatabaseUrl: secrets.href, kek } as Config);
  try {
    for (const personId of personIds) {
      const { rows } = await admin.query<{ id: string }>(
        `SELECT id FROM audit_event WHERE person_ids @> ARRAY[$1::uuid] ORDER BY occurred_at DESC LIMIT $2`,
        [personId, NEWEST],
      );
      const fields = Buffer.from(
        JSON.stringify([
          ['actorPersonId', personId],
          ['ip', '192.0.2.7'],
        ]),
      );
      const bodies = await Promise.all(
        rows.map(({ id }) =>
          keys.encrypt(
            personId,
            payloadAad(id, personId),
            Buffer.concat([randomBytes(32), fields]),
          ),
        ),
      );
      await admin.query(
        `INSERT INTO audit_payload (event_id, subject_id, body) SELECT x.id, $1, x.body FROM unnest($2::uuid[], $3::bytea[]) x (id, body)
         ON CONFLICT DO NOTHING`,
        [personId, rows.map(({ id }) => id), bodies],
      );
    }
  } finally {
    await keys.onApplicationShutdown();
  }
}
