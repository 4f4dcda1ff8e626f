import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '../../src/audit/log/checkpoint.js';
import { LogHealth } from '../../src/audit/log-health.service.js';
import { log } from '../../src/cli/log.js';
import { systemClock } from '../../src/kernel/clock.js';
import {
  toIntegrityView,
  type IntegrityView,
} from '../../src/review/reports/integrity/integrity.view.js';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { emptyWorld, type EmptyWorld } from '../support/http-world.js';
import { asSuperuser } from '../support/superuser.js';

const LIMIT_MS = 20_000;

describe('a log whose stored tiles were changed', () => {
  let world: EmptyWorld;
  let size: bigint;
  let good: Buffer;

  beforeAll(async () => {
    world = await emptyWorld();
    size = await quietSize();
  }, 60_000);
  afterAll(() => world.close(), 30_000);

  const read = (name: string): Buffer => readFileSync(join(world.tiles, name));
  const checkpointSize = (): bigint =>
    existsSync(join(world.tiles, 'checkpoint'))
      ? readCheckpoint(read('checkpoint').toString('utf8')).size
      : 0n;
  const lastTile = (): string => `tile/0/000.p/${size.toString()}`;
  const ask = <T>(sql: string): Promise<T[]> => world.db.dataSource.query<T[]>(sql);
  const gauge = async (name: string): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', world.config.publicUrl))).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const act = (name: string): Promise<unknown> =>
    world.callers.admin.post('/api/v1/organisations', {
      name,
      kind: 'agency',
      publicAuthority: true,
    });

  /** How large the log is once everything that happened is in it. */
  async function quietSize(): Promise<bigint> {
    await waitFor('everything is published', LIMIT_MS, async () => {
      const [row] = await ask<{ count: string }>('SELECT count(*) FROM audit_event');
      return checkpointSize() === BigInt(row?.count ?? 0);
    });
    return checkpointSize();
  }

  it('is halted: an event says so, and nothing more is signed', async () => {
    const note = read('checkpoint');
    good = read(lastTile());
    // What signing in to the console would have taken from the provider.
    await ask(`UPDATE person SET email = 'admin@sandbox.example' WHERE subject = 'admin'`);
    writeFileSync(join(world.tiles, lastTile()), Buffer.alloc(good.length, 7));
    await act('Somebody');
    await waitFor('the log is halted', LIMIT_MS, async () => {
      const halts = await ask('SELECT 1 FROM log_halt WHERE resumed_at IS NULL');
      return halts.length === 1;
    });
    const events = await ask<{ reason_codes: string[] }>(
      `SELECT reason_codes FROM audit_event WHERE type = 'log.halted'`,
    );
    expect(events).toEqual([{ reason_codes: ['log_tile_conflict'] }]);
    const mails = await ask(
      `SELECT dedupe_key FROM mail_outbox WHERE dedupe_key LIKE 'log-halt:%'`,
    );
    expect(mails).toHaveLength(1);
    expect(await gauge('concordat_log_halted')).toBe(1);
    await act('Somebody else');
    expect(await gauge('concordat_log_pending')).toBeGreaterThan(0);
    expect(read('checkpoint')).toEqual(note);
  });

  it('stays halted while its reason is there, whoever resumes it', async () => {
    expect(await log(['resume'], () => world.workerConfig)).toBe(1);
    expect(await log(['status'], () => world.workerConfig)).toBe(1);
    expect(await ask('SELECT 1 FROM log_halt WHERE resumed_at IS NULL')).toHaveLength(1);
  });

  it('goes on once the tile is mended and somebody resumes it, and has lost nothing', async () => {
    writeFileSync(join(world.tiles, lastTile()), good);
    expect(await log(['resume'], () => world.workerConfig)).toBe(0);
    expect(await quietSize()).toBeGreaterThan(size);
    expect(await ask(`SELECT 1 FROM audit_event WHERE type = 'log.resumed'`)).toHaveLength(1);
    expect(await log(['status'], () => world.workerConfig)).toBe(0);
    expect(await gauge('concordat_log_halted')).toBe(0);
    expect(await gauge('concordat_log_published_size')).toBeGreaterThan(Number(size));
    expect(await gauge('concordat_log_size')).toBeGreaterThan(Number(size));
    expect(await gauge('concordat_log_age_seconds')).toBeLessThan(900);
    expect(await log(['recover'], () => world.workerConfig)).toBe(0);
    expect(await ask(`SELECT 1 FROM audit_event WHERE type = 'log.recovered'`)).toEqual([]);
  });

  const verified = () =>
    ask<{ count: number }>(`SELECT 1 AS count FROM audit_event WHERE type = 'log.verified'`);

  const integrity = async (): Promise<IntegrityView> => {
    const condition = await world.db.database.transaction((tx) =>
      world.app.get(LogHealth).read(tx),
    );
    const asking = { origin: world.config.log.origin, isOperator: true, now: systemClock.now() };
    return toIntegrityView(condition, asking);
  };

  it('is compared with the database from its first event, and an event says that both are one', async () => {
    const before = await quietSize();
    expect(await integrity()).toMatchObject({ lastVerification: null, lastCheck: null });
    expect(await gauge('concordat_log_verified_age_seconds')).toBeNaN();
    const { root } = readCheckpoint(read('checkpoint').toString('utf8'));
    expect(await log(['check'], () => world.workerConfig)).toBe(0);
    expect(await verified()).toHaveLength(1);
    const { lastVerification, lastCheck } = await integrity();
    expect(lastVerification).toEqual({
      at: expect.any(String) as string,
      size: Number(before),
      root: root.toString('base64'),
    });
    expect(lastCheck).toEqual({ at: lastVerification?.at, outcome: 'log_verified' });
    expect(await gauge('concordat_log_verified_age_seconds')).toBeGreaterThan(0);
  });

  it('is halted for one bit of an event in the database, until that is mended', async () => {
    const flip = (): Promise<void> =>
      asSuperuser(
        world.db,
        `ALTER TABLE audit_event DISABLE TRIGGER USER;
         UPDATE audit_event SET leaf = set_bit(leaf, 50, 1 - get_bit(leaf, 50))
           WHERE id = (SELECT event_id FROM log_leaf WHERE idx = 1);
         ALTER TABLE audit_event ENABLE TRIGGER USER`,
      );
    // Before it is placed in a tile that is still growing, a change is what the publisher finds.
    await quietSize();
    await flip();
    expect(await log(['check'], () => world.workerConfig)).toBe(1);
    expect(await log(['resume'], () => world.workerConfig)).toBe(1);
    const halts = await ask<{ code: string; detail: string }>(
      'SELECT code, detail FROM log_halt WHERE resumed_at IS NULL',
    );
    expect(halts).toMatchObject([{ code: 'log_check_failed' }]);
    expect(halts[0]?.detail).toContain('event 1 ');
    const failed = await integrity();
    expect(failed).toMatchObject({ state: 'halted', lastCheck: { outcome: 'log_check_failed' } });
    // What was last found whole is still said.
    expect(failed.lastVerification?.at).not.toBe(failed.lastCheck?.at);
    await flip();
    // It compares again before it goes on, and says what it found.
    expect(await log(['resume'], () => world.workerConfig)).toBe(0);
    expect(await verified()).toHaveLength(2);
    expect((await integrity()).lastCheck).toMatchObject({ outcome: 'log_verified' });
  });

  it('cannot be compared with a database that is away, which is no difference', async () => {
    const away = { ...world.workerConfig, publisherDatabaseUrl: 'postgres://x@127.0.0.1:1/x' };
    expect(await log(['check'], () => away)).toBe(3);
    expect(await ask('SELECT 1 FROM log_halt WHERE resumed_at IS NULL')).toEqual([]);
  });
});
