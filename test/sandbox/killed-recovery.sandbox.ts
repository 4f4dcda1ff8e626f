import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { WholeLog } from '../../src/audit/check/whole-log.js';
import { readCheckpoint } from '../../src/audit/log/checkpoint.js';
import { log } from '../../src/cli/log.js';
import type { WorkerConfig } from '../../src/config/config.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import {
  killConcordat,
  runConcordat,
  startConcordat,
  type ProcessGround,
} from '../support/concordat-process.js';
import { restoredCopy, type TestDatabase } from '../support/database.js';
import { logWorld, type LogWorld } from '../support/log-world.js';

const DONE_MS = 30_000;
/** Restored to 300 of 1,100 events: recovery goes through five bundles. */
const RESTORED = 300;
const PUBLISHED = 1_100;

/** Where `concordat log recover` stands when it is killed. The 212 events up to 512 have their places by then. */
const MOMENTS = [
  ['as it makes stubs', 'audit_event', `NEW.digests = '' AND NEW.leaf = '%LEAF%'`],
  ['as it gives places', 'log_leaf', 'NEW.idx = 700'],
] as const;

describe('`concordat log recover`, killed in the middle', () => {
  let world: LogWorld;
  let copy: TestDatabase;
  let ground: ProcessGround & { readonly config: WorkerConfig };
  let superuser: pg.Client;
  let holder: pg.Client;
  let note: string;

  beforeEach(async () => {
    world = await logWorld();
    await migrateSecrets(world.db.urlFor('postgres'));
    await grow(RESTORED);
    await world.parts.close();
    copy = await restoredCopy(world.db);
    await grow(PUBLISHED - RESTORED);
    await world.parts.close();
    note = checkpoint();
    ground = {
      db: copy,
      kek: world.config.kek,
      logKey: world.config.logKeys[0] ?? Buffer.alloc(0),
      // The log's origin is made of it.
      publicUrl: 'https://concordat.test',
      oidc: {
        issuer: 'http://127.0.0.1:1',
        clientId: 'none',
        clientSecret: 'a-long-enough-secret',
      },
      folder: dirname(world.tiles),
      config: {
        ...world.config,
        databaseUrl: copy.url,
        secretsDatabaseUrl: copy.urlFor('concordat_secrets'),
        sequencerDatabaseUrl: copy.urlFor('concordat_sequencer'),
        publisherDatabaseUrl: copy.urlFor('concordat_publisher'),
      },
    };
    [superuser, holder] = [0, 1].map(() => new pg.Client(copy.urlFor('postgres'))) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([superuser.connect(), holder.connect()]);
  }, 60_000);
  afterEach(async () => {
    await Promise.all([superuser.end(), holder.end()]);
    await copy.close();
    await world.close();
  });

  async function grow(count: number): Promise<void> {
    await world.write(count);
    await world.sequence();
    while ((await world.parts.publisher.publish()) === 'published') {
      // Each run adds a bounded number.
    }
  }
  const checkpoint = (): string => readFileSync(join(world.tiles, 'checkpoint'), 'utf8');
  /** Of this process: what is killed, and what goes on with it, are processes of their own. */
  const exitOf = (name: string): Promise<number> => log([name], () => ground.config);
  const rows = async <T extends object>(sql: string): Promise<T[]> =>
    (await superuser.query<T>(sql)).rows;
  const count = async (from: string): Promise<number> => {
    const [row] = await rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
    return row?.count ?? -1;
  };

  async function waitAt(table: string, condition: string): Promise<void> {
    const [published] = await world.db.dataSource.query<{ leaf: string }[]>(
      `SELECT e.leaf::text AS leaf FROM log_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.idx = 700`,
    );
    await superuser.query(
      `CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
       CREATE TRIGGER waits AFTER INSERT ON ${table} FOR EACH ROW
       WHEN (${condition.replace('%LEAF%', published?.leaf ?? '')}) EXECUTE FUNCTION wait_here()`,
    );
    await holder.query('BEGIN; SELECT pg_advisory_xact_lock(4711)');
  }

  async function killRecovery(): Promise<void> {
    const child = startConcordat(['log', 'recover'], ground);
    await waitFor('The recovery in the middle', DONE_MS, async () => {
      if (child.exitCode !== null) {
        throw new Error(`It ended by itself: ${String(child.exitCode)}`);
      }
      return (
        (await count(`pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted`)) > 0
      );
    });
    await killConcordat(child);
    await holder.query('COMMIT');
    // What it left open ends by itself.
    await waitFor('Its sessions to be over', DONE_MS, async () => {
      const others = `pg_stat_activity WHERE datname = current_database() AND usename LIKE 'concordat_%'
        AND state <> 'idle'`;
      return (await count(others)) === 0;
    });
  }

  it.each(MOMENTS)(
    '%s: says what it is in, signs nothing, and is finished by the next run',
    async (_moment, table, condition) => {
      await waitAt(table, condition);
      await killRecovery();

      const places = await count('log_leaf');
      expect(places).toBeGreaterThan(RESTORED);
      expect(places).toBeLessThan(PUBLISHED);
      expect(await exitOf('status')).toBe(1);
      expect(await rows('SELECT code, detail FROM log_halt WHERE resumed_at IS NULL')).toEqual([
        { code: 'log_behind', detail: `recovery from ${String(RESTORED)} events on` },
      ]);
      expect(await exitOf('resume')).toBe(1);
      expect(await count(`audit_event WHERE type = 'log.recovered'`)).toBe(0);
      expect(checkpoint()).toBe(note);

      const again = await runConcordat(['log', 'recover'], ground);
      expect(again).toMatchObject({
        code: 0,
        out: `The log goes on: events ${String(RESTORED)} to ${String(PUBLISHED - 1)} have their places, ${String(
          PUBLISHED - RESTORED,
        )} of them only their leaf\n`,
      });
      expect(await count('log_leaf')).toBe(PUBLISHED);
      for (const type of ['log.halted', 'log.recovered', 'log.resumed']) {
        expect(await count(`audit_event WHERE type = '${type}'`)).toBe(1);
      }
      // No stub waits that has a place already, and none is there twice.
      expect(await count(`audit_event WHERE digests = ''`)).toBe(PUBLISHED - RESTORED);
      const { checkSession, tiles, head } = world.moreParts(ground.config);
      const { size } = await new WholeLog(checkSession, tiles, head).check(() => undefined);
      expect(size).toBe(BigInt(PUBLISHED));
      expect(readCheckpoint(checkpoint()).size).toBe(BigInt(PUBLISHED));
      expect(await exitOf('recover')).toBe(0);
      expect(await count(`audit_event WHERE type = 'log.recovered'`)).toBe(1);
    },
    2 * DONE_MS,
  );
});
