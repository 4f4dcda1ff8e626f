import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { startProvider, type SandboxProvider } from '../../sandbox/provider/provider.js';
import { IdFactory } from '../../src/kernel/ids.js';
import { addDays } from '../../src/kernel/london-day.js';
import { migrateJobs } from '../../src/platform/jobs/daily-job.js';
import { killConcordat, startConcordat } from '../support/concordat-process.js';
import { GROUND, grantWorld, worldTerms, type GrantWorld } from '../support/grant-world.js';
import { freeOrigin } from '../support/sign-in-app.js';

const CLIENT = { clientId: 'concordat', clientSecret: 'a-long-enough-client-secret' } as const;
const DONE_MS = 60_000;
/** Of each kind of due work. */
const EACH = 4;
/** More than one transaction of reminders. */
const TRAININGS = 30;

/** Where a worker stands when it is killed: what it waits for, in the middle of a transaction. */
const MOMENTS = [
  ['before its first event', 'LOCK TABLE audit_event IN EXCLUSIVE MODE'],
  ['between the event and the version', 'LOCK TABLE agreement_version IN EXCLUSIVE MODE'],
  ['between the version and its grants', 'LOCK TABLE grants IN EXCLUSIVE MODE'],
  ['between the grants and what is owed', 'LOCK TABLE closure IN EXCLUSIVE MODE'],
  ['at COMMIT', 'SELECT pg_advisory_xact_lock(4711)'],
] as const;

/** A worker as an operator runs it, with a login of its own, so that the database says who waits. */
interface Worker {
  readonly login: string;
  readonly child: ChildProcess;
}

describe('two workers on one database, one of them killed', () => {
  let folder: string;
  let world: GrantWorld;
  let provider: SandboxProvider;
  let superuser: pg.Client;
  let holder: pg.Client;
  let boss: PgBoss;
  let kek: Buffer;
  const logKey = randomBytes(32);
  let publicUrl: string;
  const workers: Worker[] = [];
  let logins = 0;
  let agreements = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concordat-killed-'));
    kek = randomBytes(32);
    publicUrl = await freeOrigin();
    provider = await startProvider({
      port: 0,
      stateDir: folder,
      publicUrl,
      personas: [],
      ...CLIENT,
    });
    world = await grantWorld({ config: { kek } });
    await migrateJobs(world.db.urlFor('concordat_owner'));
    [superuser, holder] = [0, 1].map(() => new pg.Client(world.db.urlFor('postgres'))) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([superuser.connect(), holder.connect()]);
    await superuser.query(
      `CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER waits AFTER UPDATE ON grants DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION wait_here();
       UPDATE person SET email = id || '@example.org'`,
    );
    boss = new PgBoss({
      connectionString: world.db.urlFor('postgres'),
      schema: 'jobs',
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
    });
    await boss.start();
    await Promise.all([startWorker(), startWorker()]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(workers.map(({ child }) => killConcordat(child)));
    await boss.stop({ graceful: false });
    await Promise.all([superuser.end(), holder.end()]);
    await world.close();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startWorker(): Promise<void> {
    const login = `worker_${String((logins += 1))}`;
    const url = new URL(world.db.url);
    await superuser.query(
      `CREATE ROLE ${login} LOGIN IN ROLE concordat_app PASSWORD '${url.password}'`,
    );
    url.username = login;
    const oidc = { issuer: provider.issuer, ...CLIENT };
    const ground = { db: world.db, kek, logKey, publicUrl, oidc, folder };
    const child = startConcordat(['worker'], ground, url.href);
    workers.push({ login, child });
    await waitFor(`The worker ${login}`, DONE_MS, async () => {
      if (child.exitCode !== null) {
        throw new Error(`The worker ended by itself: ${String(child.exitCode)}`);
      }
      return (await count('pg_stat_activity WHERE usename = $1', [login])) > 0;
    });
  }

  const count = async (from: string, params: readonly unknown[] = []): Promise<number> => {
    const { rows } = await superuser.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${from}`,
      [...params],
    );
    return rows[0]?.count ?? 0;
  };

  /** Kills whichever worker stands at the lock, lets the other go on, and starts a third in its place. */
  async function killWhoWaits(): Promise<void> {
    let victim: Worker | undefined;
    await waitFor('A worker to stand at the lock', DONE_MS, async () => {
      const { rows } = await superuser.query<{ login: string }>(
        `SELECT usename AS login FROM pg_stat_activity
         WHERE datname = current_database() AND usename LIKE 'worker_%' AND wait_event_type = 'Lock'`,
      );
      victim = workers.find(({ login }) => rows.some((row) => row.login === login));
      return victim !== undefined;
    });
    if (victim) {
      await killConcordat(victim.child);
      workers.splice(workers.indexOf(victim), 1);
    }
    await holder.query('COMMIT');
    await startWorker();
  }

  async function agreementInForce(): Promise<{ agreementId: string; grantId: string }> {
    const ids = world.app.get<IdFactory>(IdFactory);
    const [agreementId, accessRequestId] = [ids.next(), ids.next()];
    const reference = `CON-2026-${String(1000 + (agreements += 1))}`;
    await world.addAgreement(agreementId, reference, worldTerms(world.today));
    await world.add((rows) =>
      rows.approvedRequest(
        {
          id: accessRequestId,
          agreementId,
          projectId: GROUND.project,
          datasetId: GROUND.dataset,
          requesterId: GROUND.researcher,
          organisationId: GROUND.recipient,
          untilOn: addDays(world.today, 60),
          delivery: 'stream',
        },
        GROUND.owner,
      ),
    );
    return { agreementId, grantId: (await world.issue(accessRequestId)).id };
  }

  /** Agreements that end, that nobody reviewed and that a party leaves, and grants that end: each with a live grant. */
  async function dueWork() {
    const work = {
      ending: [] as string[],
      unreviewed: [] as string[],
      leaving: [] as string[],
      grants: [] as string[],
    };
    for (let at = 0; at < EACH; at += 1) {
      const [ending, unreviewed, leaving, going] = [
        await agreementInForce(),
        await agreementInForce(),
        await agreementInForce(),
        await agreementInForce(),
      ];
      work.ending.push(ending.agreementId);
      work.unreviewed.push(unreviewed.agreementId);
      work.leaving.push(leaving.agreementId);
      work.grants.push(going.grantId);
    }
    return work;
  }

  const quoted = (ids: readonly string[]): string => ids.map((id) => `'${id}'`).join(',');

  it.each(MOMENTS)(
    'R3.25: each due move and its event are there once when one dies %s',
    async (_moment, lock) => {
      const { ending, unreviewed, leaving, grants } = await dueWork();
      const theirs = `agreement_id IN (${quoted(leaving)}) AND organisation_id = '${GROUND.recipient}'`;
      // Due from this instant, and the lock with it: no worker sees the one without the other for long.
      await holder.query(
        `BEGIN;
         UPDATE agreement_version SET ends_at = now() WHERE agreement_id IN (${quoted(ending)});
         UPDATE agreement_version SET next_review_on = '2026-01-02' WHERE agreement_id IN (${quoted(unreviewed)});
         INSERT INTO agreement_notice (id, agreement_id, act, party_id, organisation_id, reason, given_by, given_at,
           takes_effect_at, audit_event_id)
         SELECT gen_random_uuid(), agreement_id, 'withdraw', id, organisation_id, 'Merged', signatory_id, now(), now(),
           audit_event_id FROM agreement_party WHERE ${theirs};
         UPDATE agreement_party SET ends_at = now() WHERE ${theirs};
         UPDATE grants SET expires_at = now() WHERE id IN (${quoted(grants)});
         COMMIT; BEGIN; ${lock}`,
      );
      await killWhoWaits();
      await waitFor('All that was due', DONE_MS, async () => {
        const left = await count(
          `grants g JOIN agreement_version v ON v.agreement_id = g.agreement_id AND v.version = g.agreement_version
           WHERE g.status IN ('issued', 'active') AND (g.expires_at <= now() OR v.status <> 'active')
             OR v.status = 'active' AND (v.ends_at <= now() OR v.next_review_on <= '2026-01-02')`,
        );
        return left + (await count('agreement_notice WHERE settled_by IS NULL')) === 0;
      });
      expect(await ends('party.withdrawn', 'agreement_id', leaving)).toEqual(leaving.map(() => 1));
      expect(await ends('agreement.expired', 'agreement_id', ending)).toEqual(ending.map(() => 1));
      expect(await ends('agreement.suspended', 'agreement_id', unreviewed)).toEqual(
        unreviewed.map(() => 1),
      );
      expect(await ends('grant.expired', 'grant_id', grants)).toEqual(grants.map(() => 1));
      await expectWhole();
    },
    2 * DONE_MS,
  );

  const ends = async (type: string, column: string, ids: readonly string[]): Promise<number[]> =>
    Promise.all(
      ids.map((id) => count(`audit_event WHERE type = $1 AND ${column} = $2`, [type, id])),
    );

  /** Of everything that the workers ever did here: nothing twice, and nothing that lives on what is dead. */
  async function expectWhole(): Promise<void> {
    expect(
      await count(
        `grants g JOIN agreement_version v ON v.agreement_id = g.agreement_id AND v.version = g.agreement_version
         WHERE g.status IN ('issued', 'active') AND (v.status <> 'active' OR EXISTS (SELECT FROM agreement_party p
           WHERE p.agreement_id = g.agreement_id AND p.organisation_id = g.organisation_id AND p.status <> 'active'))`,
      ),
    ).toBe(0);
    expect(
      await count(
        `grants g WHERE g.status NOT IN ('issued', 'active') AND (
           SELECT count(*) FROM audit_event e WHERE e.grant_id = g.id AND e.type IN ('grant.revoked', 'grant.expired')) <> 1`,
      ),
    ).toBe(0);
    expect(
      await count(
        `agreement_version v WHERE v.status <> 'active' AND (SELECT count(*) FROM audit_event e
           WHERE e.agreement_id = v.agreement_id AND e.type IN ('agreement.expired', 'agreement.suspended')) <> 1`,
      ),
    ).toBe(0);
    // What each use of an agreement leaves owed.
    expect(
      await count(
        `(SELECT DISTINCT project_id, agreement_id FROM grants WHERE status NOT IN ('issued', 'active')) g
         WHERE (SELECT count(*) FROM closure c JOIN audit_event e ON e.target_id = c.id::text AND e.type = 'closure.due'
           WHERE c.project_id = g.project_id AND c.agreement_id = g.agreement_id) <> 1`,
      ),
    ).toBe(0);
  }

  /** What pg-boss finds when a job has run for longer than it may, without the wait: fifteen minutes, and one before the next try. */
  async function letTheJobExpire(): Promise<void> {
    await superuser.query(
      `UPDATE jobs.job SET started_on = started_on - interval '1 hour', heartbeat_on = heartbeat_on - interval '1 hour'
       WHERE name = 'reminders' AND state = 'active'`,
    );
    await superuser.query(
      `UPDATE jobs.queue SET monitor_on = NULL, monitor_claim_on = NULL WHERE name = 'reminders'`,
    );
    await boss.supervise('reminders');
    await superuser.query(
      `UPDATE jobs.job SET start_after = now() WHERE name = 'reminders' AND state IN ('created', 'retry')`,
    );
  }

  it.each([
    ['while it raises them', 'LOCK TABLE reminder IN EXCLUSIVE MODE', GROUND.colleague],
    ['while it tells people', 'LOCK TABLE mail_outbox IN EXCLUSIVE MODE', GROUND.researcher],
  ])(
    'R3.17: each reminder is raised once and told once when one dies %s',
    async (_moment, lock, personId) => {
      await holder.query(`BEGIN; ${lock}`);
      await world.add(async (rows) => {
        for (let at = 0; at < TRAININGS; at += 1) {
          await rows.training(personId, `course_${String(at)}`, addDays(world.today, 30));
        }
      });
      // Refused while the job before it is not quite over.
      const isAsked = async (): Promise<boolean> => (await boss.send('reminders')) !== null;
      await waitFor('The job to be asked for', DONE_MS, isAsked);
      await killWhoWaits();
      await letTheJobExpire();
      const told = `mail_outbox WHERE dedupe_key LIKE 'digest:' || $1 || ':%'`;
      await waitFor('The digest', DONE_MS, async () => (await count(told, [personId])) > 0);
      expect(await count(told, [personId])).toBe(1);
      expect(
        await count(
          `training t WHERE t.person_id = $1 AND t.course LIKE 'course_%' AND (SELECT count(*) FROM audit_event e
             WHERE e.type = 'reminder.sent' AND e.target_id = t.id::text) <> 1`,
          [personId],
        ),
      ).toBe(0);
      expect(
        await count(`reminder_recipient WHERE person_id = $1 AND digest_on IS NULL`, [personId]),
      ).toBe(0);
      await expectWhole();
    },
    2 * DONE_MS,
  );
});
