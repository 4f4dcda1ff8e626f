import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { logWorld, type LogWorld } from '../../../test/support/log-world.js';
import { rootOfPath } from '../../../test/support/naive-tree.js';
import { Desk, run } from '../../../test/verify/running.js';
import { WholeLog } from '../check/whole-log.js';
import { readCheckpoint } from '../log/checkpoint.js';
import { verifierKey } from '../log/note.js';
import { Receipts } from '../receipts.service.js';

const HOUR_MS = 3_600_000;

describe('partial tiles', () => {
  let world: LogWorld;
  let desk: Desk;

  beforeEach(async () => {
    world = await logWorld();
    desk = new Desk();
    await grow(100, 100, 100);
  });
  afterEach(async () => {
    desk.clear();
    await world.close();
  });

  async function grow(...counts: readonly number[]): Promise<void> {
    for (const count of counts) {
      await world.write(count);
      await world.sequence();
      expect(await world.parts.publisher.publish()).toBe('published');
      const note = readFileSync(join(world.tiles, 'checkpoint'), 'utf8');
      desk.write(readCheckpoint(note).size.toString(), note);
    }
  }
  const objects = (): readonly string[] =>
    readdirSync(world.tiles, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(world.tiles, join(parentPath, name)))
      .sort();
  const remove = (): Promise<number> => world.parts.partials.remove();
  const removeAfter = (hours: number): Promise<number> => {
    world.clock.add(hours * HOUR_MS);
    return remove();
  };
  const onDisk = (name: string): string => join(world.tiles, name);

  it('go a day after the full one came, and nothing else ever does', async () => {
    const before = objects();
    expect(await remove()).toBe(0);
    expect(await removeAfter(23.99)).toBe(0);
    expect(objects()).toEqual(before);
    expect(await removeAfter(0.01)).toBe(4);
    const gone = ['100', '200'].flatMap((width) =>
      ['0', 'entries'].map((level) => `tile/${level}/000.p/${width}`),
    );
    expect(objects()).toEqual(before.filter((name) => !gone.includes(name)));
    expect(objects()).toEqual(
      expect.arrayContaining([
        'tile/0/001.p/44',
        'tile/1/000.p/1',
        'tile/entries/000',
        'tile/entries/001.p/44',
      ]),
    );
    expect(await removeAfter(1_000)).toBe(0);
  });

  it('stay for a day from when it was noticed that their full one is there', async () => {
    await remove();
    world.clock.add(12 * HOUR_MS);
    await grow(300);
    await remove();
    expect(await removeAfter(12)).toBe(4);
    expect(objects()).toContain('tile/0/001.p/44');
    expect(await removeAfter(11)).toBe(0);
    expect(await removeAfter(1)).toBe(2);
    expect(objects().filter((name) => name.includes('.p/'))).toEqual([
      'tile/0/002.p/88',
      'tile/1/000.p/1',
      'tile/1/000.p/2',
      'tile/entries/002.p/88',
    ]);
  });

  it('are missed by nobody: not by receipts, verifiers, the check, the guard or what grows', async () => {
    await remove();
    await removeAfter(24);
    const [key] = world.parts.signers.map(verifierKey);
    const verify = async (...args: readonly string[]): Promise<number> =>
      (await run(...args, '--vkey', key ?? '')).code;
    const at = (size: number): string => join(desk.folder, String(size));
    // Of a log that had those sizes when the partial ones were there.
    expect(await verify('consistency', at(100), at(200), world.tiles)).toBe(0);
    expect(await verify('consistency', at(200), at(300), world.tiles)).toBe(0);
    expect(await verify('log', world.tiles)).toBe(0);
    expect(await verify('log', world.tiles, '--since', at(100))).toBe(0);
    const old = readCheckpoint(readFileSync(at(200), 'utf8'));
    const [row] = await world.db.dataSource.query<{ id: string; leaf: Buffer }[]>(
      'SELECT e.id, e.leaf FROM log_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.idx = 7',
    );
    const path = await world.moreParts().tiles.tree(200n).inclusionProof(7n);
    expect(rootOfPath(7n, 200n, row?.leaf ?? Buffer.alloc(0), [...path])).toEqual(old.root);
    const receipt = await new Receipts(world.db.database, world.moreParts().tiles).of(
      row?.id ?? '',
    );
    expect(await verify('receipt', desk.write('receipt', receipt))).toBe(0);
    const { checkSession, tiles, head } = world.moreParts();
    expect(await new WholeLog(checkSession, tiles, head).check(() => undefined)).toMatchObject({
      size: 300n,
    });
    await grow(1, 250);
    expect(await verify('consistency', at(200), at(551), world.tiles)).toBe(0);
  });

  it('go once when several remove them, or one that was killed is followed by another', async () => {
    await remove();
    rmSync(onDisk('tile/0/000.p'), { recursive: true });
    world.clock.add(24 * HOUR_MS);
    const others = [world.moreParts(), world.moreParts()];
    await Promise.all([remove(), ...others.map(({ partials }) => partials.remove())]);
    expect(objects().filter((name) => name.includes('/000.p/'))).toEqual(['tile/1/000.p/1']);
    expect(await remove()).toBe(0);
  });

  it('stay while the log does not stand behind them: a full one that is missing, or begins otherwise', async () => {
    await remove();
    world.clock.add(24 * HOUR_MS);
    const before = objects();
    const name = 'tile/entries/000';
    const good = readFileSync(onDisk(name));
    rmSync(onDisk(name));
    const halt = { name: 'LogHalt', code: 'log_tile_conflict' };
    await expect(remove()).rejects.toMatchObject({ ...halt, detail: `${name} is missing` });
    writeFileSync(onDisk(name), Buffer.alloc(good.length));
    await expect(remove()).rejects.toMatchObject({
      ...halt,
      detail: `${name}.p/100 is not the beginning of ${name}`,
    });
    expect(objects()).toEqual(before);
    writeFileSync(onDisk(name), good);
    expect(await remove()).toBe(4);
  });

  it('are found by how far it came, of which no more is kept than a day', async () => {
    for (let hour = 0; hour < 40; hour += 1) {
      await grow(10);
      await removeAfter(1);
    }
    const { rows } = await world.parts.partialsSession.use((session) =>
      session.query<{ size: string; partials_removed: boolean }>(
        'SELECT size, partials_removed FROM log_growth ORDER BY size',
      ),
    );
    expect(rows.length).toBeLessThanOrEqual(26);
    expect(rows.filter((row) => row.partials_removed)).toEqual([rows[0]]);
  });
});
