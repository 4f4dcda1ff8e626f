import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { PersonaName } from '../../sandbox/personas.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import type { Officer } from './ask.js';
import { CITY, id, makeCity } from './ground.js';
import { sealPeople } from './people.js';
import { makeTrail } from './trail.js';

/** Grants that the broker decides itself, so that there is something to explain. */
const DECIDED = 20;
/** Who works for the party that asks. */
const PARTY = 'partnerDpo';

/** The city and its trail. @param newest how many events it has; absent: all. */
export async function makeGround(
  sandbox: RunningSandbox,
  admin: pg.Client,
  newest?: number,
): Promise<void> {
  const grantId = await issueGrants(sandbox, admin);
  await makeCity(admin, { accessRequestId: sandbox.seeded.accessRequestId, grantId });
  await makeTrail(sandbox.adminDatabaseUrl, admin, newest);
  const { rows } = await admin.query<{ id: string }>(
    `SELECT ${id('person')} AS id FROM generate_series(1, ${String(CITY.people)}, 50) n`,
  );
  await sealPeople(
    sandbox,
    admin,
    rows.map((row) => row.id),
  );
}

/** @returns the id of one. */
async function issueGrants({ callers, seeded }: RunningSandbox, admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO access_request SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'reference',
       'REQ-2000-' || 900000 + n))).* FROM access_request r, generate_series(1, $2::int) n WHERE r.id = $1 RETURNING id`,
    [seeded.accessRequestId, DECIDED],
  );
  let last = '';
  for (const { id: accessRequestId } of rows) {
    const headers = { 'idempotency-key': randomUUID() };
    const grant = await callers.researcher.post<{ id: string }>(
      '/api/v1/grants',
      { accessRequestId },
      headers,
    );
    last = grant.id;
  }
  return last;
}

/** The operator's officer, and a party's. */
export async function officersOf(
  sandbox: RunningSandbox,
  admin: pg.Client,
): Promise<readonly Officer[]> {
  const party = await placeInCity(admin, PARTY, 'ig_officer');
  const bearer = async (who: 'officer' | typeof PARTY): Promise<string> =>
    `Bearer ${await sandbox.issueAccessToken(who)}`;
  return [
    { authorization: await bearer('officer'), sees: null },
    { authorization: await bearer(PARTY), sees: [party] },
  ];
}

/** Lets somebody of the sandbox work for the city's first organisation too. @returns its id. */
export async function placeInCity(
  admin: pg.Client,
  persona: PersonaName,
  role: string,
): Promise<string> {
  const { rows } = await admin.query<{ organisation: string }>(
    `WITH placed AS (
       INSERT INTO membership SELECT (jsonb_populate_record(m, jsonb_build_object('id', uuidv7(), 'organisation_id',
         ${id('organisation', '1')}))).* FROM membership m JOIN person p ON p.id = m.person_id WHERE p.subject = $1 LIMIT 1
       RETURNING id, organisation_id, audit_event_id),
     entitled AS (INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id)
       SELECT uuidv7(), id, $2, current_date - 1, audit_event_id FROM placed)
     SELECT organisation_id AS organisation FROM placed`,
    [persona, role],
  );
  const [placed] = rows;
  if (!placed) {
    throw new Error(`${persona} is nobody's member`);
  }
  return placed.organisation;
}
