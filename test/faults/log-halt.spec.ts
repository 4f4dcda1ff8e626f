import { randomUUID } from 'node:crypto';
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

  /** As only a superuser can, who leaves no trace of it. */
  const tamper = (table: string, sql: string): Promise<void> =>
    asSuperuser(
      world.db,
      `ALTER TABLE ${table} DISABLE TRIGGER USER; ${sql}; ALTER TABLE ${table} ENABLE TRIGGER USER`,
    );
  const detail = async (): Promise<string | undefined> => {
    const [halt] = await ask<{ detail: string; code: string }>(
      'SELECT detail, code FROM log_halt WHERE resumed_at IS NULL',
    );
    return halt && `${halt.code}: ${halt.detail}`;
  };
  const placeOf = (type: string): string =>
    `(SELECT event_id FROM log_leaf JOIN audit_event e ON e.id = event_id WHERE e.type = '${type}' ORDER BY idx LIMIT 1)`;
  const row = `WHERE id = ${placeOf('organisation.registered')}`;
  const body = (subject: string): string =>
    `UPDATE audit_payload SET body = set_bit(body, 400, 1 - get_bit(body, 400))
     WHERE (event_id, subject_id) = (SELECT y.event_id, y.subject_id FROM audit_payload y JOIN log_leaf USING (event_id)
       WHERE ${subject} ORDER BY idx LIMIT 1)`;
  const NOBODYS = `subject_id = '00000000-0000-0000-0000-000000000000'`;

  it.each([
    [
      'whose it is',
      'audit_event',
      `UPDATE audit_event SET organisation_ids = '{}' ${row}`,
      'audit_event.organisation_ids',
    ],
    [
      'its target',
      'audit_event',
      `UPDATE audit_event SET target_id = 'x' ${row}`,
      'audit_event.target_id',
    ],
    [
      'its second',
      'audit_event',
      `UPDATE audit_event SET occurred_at = occurred_at - interval '1 hour' ${row}`,
      'audit_event.occurred_at',
    ],
    [
      'a digest',
      'audit_event',
      `UPDATE audit_event SET digests = set_bit(digests, 9, 1 - get_bit(digests, 9)) ${row}`,
      'audit_event.digests',
    ],
    [
      'all digests, which then look lost',
      'audit_event',
      `UPDATE audit_event SET digests = '' ${row}`,
      'audit_event.digests',
    ],
    ['what it says of nobody', 'audit_payload', body(NOBODYS), 'audit_payload.body'],
    ['what it says of a person', 'audit_payload', body(`NOT ${NOBODYS}`), 'audit_payload.body'],
  ])(
    'is halted when %s was changed in the database, and says where',
    async (_, table, sql, place) => {
      await quietSize();
      await asSuperuser(world.db, `CREATE TABLE kept AS SELECT * FROM ${table}`);
      await tamper(table, sql);
      try {
        expect(await log(['check'], () => world.workerConfig)).toBe(1);
        expect(await detail()).toMatch(
          new RegExp(
            `^log_row_differs: event \\d+ did not commit to its ${place}, in rows of sha-256 [0-9a-f]{64}$`,
          ),
        );
        expect((await integrity()).lastCheck).toMatchObject({ outcome: 'log_row_differs' });
      } finally {
        const columns =
          table === 'audit_event' ? 'organisation_ids, target_id, occurred_at, digests' : 'body';
        const from = columns.replaceAll(/\w+/g, 'k.$&');
        const key =
          table === 'audit_event'
            ? 'k.id = t.id'
            : 'k.event_id = t.event_id AND k.subject_id = t.subject_id';
        await tamper(
          table,
          `UPDATE ${table} t SET (${columns}) = ROW(${from}) FROM kept k WHERE ${key} AND ROW(${columns.replaceAll(/\w+/g, 't.$&')}) IS DISTINCT FROM ROW(${from}); DROP TABLE kept`,
        );
      }
      expect(await log(['resume'], () => world.workerConfig)).toBe(0);
      await quietSize();
      expect(await log(['check'], () => world.workerConfig)).toBe(0);
    },
  );

  it('goes on with a row that nobody can give back, once an operator accepts it, and it alone', async () => {
    await quietSize();
    const run = (name: string): Promise<number> => log([name], () => world.workerConfig);
    await expect(run('accept')).rejects.toThrow('log_row_differs');
    await tamper('audit_payload', body(NOBODYS));
    expect(await run('check')).toBe(1);
    expect(await run('resume')).toBe(1);
    expect(await run('accept')).toBe(0);
    expect(await run('check')).toBe(0);
    const accepted = await ask<{ reason_codes: string[] }>(
      `SELECT reason_codes FROM audit_event WHERE type = 'log.resumed' ORDER BY occurred_at DESC, id DESC LIMIT 1`,
    );
    expect(accepted).toEqual([{ reason_codes: ['log_row_differs', 'accepted'] }]);
    // The same event once more, otherwise.
    await tamper('audit_payload', body(NOBODYS).replaceAll('400', '401'));
    expect(await run('check')).toBe(1);
    await tamper('audit_payload', body(NOBODYS).replaceAll('400', '401'));
    expect(await run('resume')).toBe(0);
    await tamper('audit_payload', body(NOBODYS));
    expect(await run('check')).toBe(0);
  });

  it('is halted when an event was taken from those that wait: it would be in no log', async () => {
    await quietSize();
    const id = randomUUID();
    // In one transaction: the sequencer never sees that it waited.
    await asSuperuser(
      world.db,
      `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
         SELECT '${id}', 'log.verified', now(), 'success', '{}', '{}', '{}', leaf, '' FROM audit_event
         WHERE type = 'log.verified' LIMIT 1;
       DELETE FROM audit_pending WHERE event_id = '${id}'`,
    );
    expect(await log(['check'], () => world.workerConfig)).toBe(1);
    expect(await detail()).toBe(
      `log_check_failed: the event ${id} has no place in the log, and waits for none`,
    );
    expect(await log(['resume'], () => world.workerConfig)).toBe(1);
    await asSuperuser(world.db, `INSERT INTO audit_pending (event_id) VALUES ('${id}')`);
    expect(await log(['resume'], () => world.workerConfig)).toBe(0);
    await quietSize();
  });

  it('cannot be compared with a database that is away, which is no difference', async () => {
    const away = { ...world.workerConfig, publisherDatabaseUrl: 'postgres://x@127.0.0.1:1/x' };
    expect(await log(['check'], () => away)).toBe(3);
    expect(await ask('SELECT 1 FROM log_halt WHERE resumed_at IS NULL')).toEqual([]);
  });
});
