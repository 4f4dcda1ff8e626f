import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { openFolder } from '../platform/object-folder/open-folder.js';
import { logWorld, type LogWorld } from '../../test/support/log-world.js';
import { asSuperuser } from '../../test/support/superuser.js';
import { LogHealth, type LogCondition } from './log-health.service.js';
import { TileStore } from './publisher/tile-store.js';

describe('how the log is', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  let world: LogWorld;
  let health: LogHealth;

  beforeEach(async () => {
    world = await logWorld();
    health = new LogHealth(
      new TileStore(openFolder(world.config.log.tiles, world.config)),
      world.clock,
    );
  });
  afterEach(() => world.close());

  const read = (): Promise<LogCondition> => world.db.database.transaction((tx) => health.read(tx));
  const grow = async (count: number): Promise<void> => {
    await world.write(count);
    await world.sequence();
    await world.parts.publisher.publish();
  };
  const failing = async (): Promise<readonly string[]> =>
    (await read()).checks.filter(({ holds }) => !holds).map(({ name }) => name);
  const flip = (name: string, at: number): void => {
    const path = join(world.tiles, name);
    const bytes = readFileSync(path);
    // Beside some letters of base64 stands what is none, and no checkpoint can then be read.
    const place = name === 'checkpoint' ? bytes.toString('latin1', at).search(/[b-y]/) + at : at;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    writeFileSync(path, bytes);
  };

  it('is not begun before the first checkpoint, and counts what waits', async () => {
    await world.write(3);
    expect(await read()).toMatchObject({
      state: 'not_begun',
      size: '0',
      pending: '3',
      oldestPendingAt: expect.any(Date) as Date,
      checkpoint: null,
      checks: [],
      halts: [],
    });
  });

  it.each([1, 255, 256, 257, 600])('of %i events is intact, and says its key', async (count) => {
    await grow(count);
    await world.write(2);
    const found = await read();
    expect(found).toMatchObject({
      state: 'intact',
      size: String(count),
      publishedSize: String(count),
      pending: '2',
      verifierKeys: [expect.stringMatching(/^concordat\.test\/log\+[0-9a-f]{8}\+/) as string],
    });
    expect(found.checkpoint).toContain(`concordat.test/log\n${String(count)}\n`);
    expect(found.checks.map(({ holds }) => holds)).toEqual([true, true, true]);
    // Placed and not yet published: the checkpoint is of fewer.
    await world.sequence();
    expect(await read()).toMatchObject({ state: 'intact', size: String(count + 2) });
  });

  it.each([
    ['an entry', 'tile/entries/001.p/44', 10, ['checkpoint_matches_tiles']],
    ['a leaf hash', 'tile/0/001.p/44', 5, ['checkpoint_matches_tiles', 'database_matches_tiles']],
    ['a root of an older tile', 'tile/1/000.p/1', 5, ['checkpoint_matches_tiles']],
    ['the root in the checkpoint', 'checkpoint', 23, ['checkpoint_matches_tiles']],
  ])('fails when one bit of %s is another', async (_, name, at, checks) => {
    await grow(300);
    flip(name, at);
    expect(await failing()).toEqual(checks);
    expect((await read()).state).toBe('checks_fail');
  });

  it('fails when a tile is gone, or a leaf of the database is another', async () => {
    await grow(300);
    await asSuperuser(
      world.db,
      `ALTER TABLE log_leaf DISABLE TRIGGER USER; UPDATE log_leaf SET leaf_hash = sha256('x') WHERE idx = 290`,
    );
    expect(await failing()).toEqual(['database_matches_tiles']);
    rmSync(join(world.tiles, 'tile/0/001.p/44'));
    expect(await failing()).toEqual(['checkpoint_matches_tiles', 'database_matches_tiles']);
  });

  it('fails when the database has fewer events than were signed', async () => {
    await grow(20);
    await asSuperuser(
      world.db,
      `ALTER TABLE log_leaf DISABLE TRIGGER USER; DELETE FROM log_leaf WHERE idx > 14`,
    );
    expect(await failing()).toEqual(['database_covers_checkpoint', 'database_matches_tiles']);
  });

  it('stalls after a quarter of an hour, and is halted until somebody resumes it', async () => {
    await grow(5);
    world.clock.add(14 * 60_000);
    expect((await read()).state).toBe('intact');
    world.clock.add(2 * 60_000);
    expect((await read()).state).toBe('stalled');
    await world.db.dataSource.query(
      `INSERT INTO log_halt (id, code, detail, halted_at, audit_event_id)
       SELECT id, 'log_behind', 'x', now(), id FROM audit_event LIMIT 1`,
    );
    expect(await read()).toMatchObject({
      state: 'halted',
      halts: [{ code: 'log_behind', resumedAt: null }],
    });
    await world.db.dataSource.query(
      `UPDATE log_halt SET resumed_at = now(), resumed_event_id = audit_event_id`,
    );
    expect(await read()).toMatchObject({ state: 'stalled', halts: [{ code: 'log_behind' }] });
  });

  it('was verified by no event of which only the leaf is left', async () => {
    await grow(1);
    const stub = `INSERT INTO audit_event
        (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
      VALUES (gen_random_uuid(), 'log.verified', now(), 'success', '{}', '{}', '{}', 'x', '')`;
    await world.db.dataSource.query(stub);
    expect((await read()).lastCheck).toEqual({ verified: null, failed: null });
  });

  it('is unreadable, and not broken, when what is stored is no checkpoint', async () => {
    await grow(5);
    writeFileSync(join(world.tiles, 'checkpoint'), 'x');
    expect(await read()).toMatchObject({ state: 'unreadable', size: '5', checks: [] });
  });
});
