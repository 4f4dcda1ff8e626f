import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logWorld, type LogWorld } from '../../../test/support/log-world.js';
import { naiveRoot } from '../../../test/support/naive-tree.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { readCheckpoint, type Checkpoint } from '../log/checkpoint.js';
import { verifierKey } from '../log/note.js';
import { bundleEntries } from '../log/tiles.js';

describe('the published log', () => {
  let world: LogWorld;

  beforeEach(async () => {
    world = await logWorld();
  });
  afterEach(() => world.close());

  const published = (): Checkpoint => readCheckpoint(read('checkpoint').toString('utf8'));
  const read = (name: string): Buffer => readFileSync(join(world.tiles, name));
  const leaves = async (): Promise<Buffer[]> => {
    const rows = await world.db.dataSource.query<{ leaf: Buffer }[]>(
      'SELECT e.leaf FROM log_leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.idx',
    );
    return rows.map(({ leaf }) => leaf);
  };
  const publish = () => world.parts.publisher.publish();
  /** Writes, places and publishes. */
  const grow = async (count: number): Promise<void> => {
    await world.write(count);
    await world.sequence();
    expect(await publish()).toBe('published');
  };
  const flip = (name: string, at = 0): void => {
    const bytes = read(name);
    bytes.writeUInt8(
      bytes.readUInt8(at) % 2 === 0 ? bytes.readUInt8(at) + 1 : bytes.readUInt8(at) - 1,
      at,
    );
    writeFileSync(join(world.tiles, name), bytes);
  };
  /** Changes what the application's roles cannot. */
  const tamper = (table: string, sql: string): Promise<void> =>
    asSuperuser(
      world.db,
      `ALTER TABLE ${table} DISABLE TRIGGER USER; ${sql}; ALTER TABLE ${table} ENABLE TRIGGER USER`,
    );

  it('is the tree of RFC 6962 over every event, in tiles and bundles', async () => {
    await grow(3);
    await grow(300);
    await grow(1);
    const entries = await leaves();
    expect(entries).toHaveLength(304);
    expect(published()).toEqual({
      origin: 'concordat.test/log',
      size: 304n,
      root: naiveRoot(entries),
    });
    const bundles = [read('tile/entries/000'), read('tile/entries/001.p/48')];
    expect(bundles.flatMap((bundle) => bundleEntries(bundle))).toEqual(entries);
    expect(read('tile/1/000.p/1')).toEqual(naiveRoot(entries.slice(0, 256)));
    expect(read('tile/0/000.p/3')).toEqual(read('tile/0/000').subarray(0, 96));
  });

  it('stays as it is while nothing happens, and says every ten minutes that it is there', async () => {
    await grow(2);
    const note = read('checkpoint');
    expect(await publish()).toBe('unchanged');
    world.clock.add(601_000);
    expect(await publish()).toBe('published');
    expect(read('checkpoint')).toEqual(note);
    const [state] = await world.db.dataSource.query<{ published_at: Date }[]>(
      'SELECT published_at FROM log_state',
    );
    expect(state?.published_at).toEqual(world.clock.now());
  });

  it('is as old as the oldest event that waits: a sequencer that stands still is seen (A8)', async () => {
    await grow(2);
    await world.write(1);
    const [pending] = await asOwner<{ enqueued_at: Date }>('SELECT enqueued_at FROM audit_pending');
    world.clock.add(700_000);
    await publish();
    const [state] = await asOwner<{ published_at: Date }>('SELECT published_at FROM log_state');
    expect(state?.published_at).toEqual(pending?.enqueued_at);
  });

  it('has a key line and a signature for each key while one is changed', async () => {
    const keys = [randomBytes(32), ...world.config.logKeys];
    const parts = world.moreParts({ logKeys: keys });
    await world.write(1);
    await world.sequence();
    await parts.publisher.publish();
    expect(read('vkey').toString()).toBe(
      parts.signers.map((signer) => `${verifierKey(signer)}\n`).join(''),
    );
    const [, signatures = ''] = read('checkpoint').toString('utf8').split('\n\n');
    expect(signatures.trimEnd().split('\n')).toHaveLength(2);
  });

  it('has one root for each size when two publish at once (A5)', async () => {
    const other = world.moreParts().publisher;
    for (let round = 0; round < 8; round += 1) {
      await world.write(40);
      await world.sequence();
      const answers = await Promise.all([publish(), other.publish()]);
      expect(answers).toContain('published');
      expect(published()).toMatchObject({
        size: BigInt((round + 1) * 40),
        root: naiveRoot(await leaves()),
      });
    }
  }, 60_000);

  it('is signed as it would have been after a fall between the record of its size and the signature', async () => {
    await grow(5);
    const before = read('checkpoint');
    await grow(5);
    const after = read('checkpoint');
    writeFileSync(join(world.tiles, 'checkpoint'), before);
    await asSuperuser(world.db, 'UPDATE log_state SET published_size = 5');
    expect(await publish()).toBe('published');
    expect(read('checkpoint')).toEqual(after);
  });

  it('never shows a smaller tree than it did', async () => {
    await grow(10);
    const larger = read('checkpoint');
    const smaller = { origin: 'concordat.test/log', size: 9n, root: Buffer.alloc(32) };
    expect(await world.parts.tiles.publish('smaller', smaller)).toBe(false);
    expect(read('checkpoint')).toEqual(larger);
  });

  it('waits while its folder is away, and signs nothing', async () => {
    await grow(5);
    const note = read('checkpoint');
    await world.write(5);
    await world.sequence();
    rmSync(join(world.tiles, 'tile'), { recursive: true });
    writeFileSync(join(world.tiles, 'tile'), 'in the way');
    await expect(publish()).rejects.toThrow();
    expect(read('checkpoint')).toEqual(note);
    expect((await world.parts.head.read()).size).toBe(5n);
  });

  describe('halts, and signs nothing,', () => {
    let note: Buffer;

    beforeEach(async () => {
      await grow(300);
      note = read('checkpoint');
    });

    const halts = async (code: string): Promise<void> => {
      await expect(publish()).rejects.toMatchObject({ name: 'LogHalt', code });
      expect(read('checkpoint')).toEqual(note);
      expect((await world.parts.head.read()).size).toBe(300n);
    };
    const more = async (): Promise<void> => {
      await world.write(5);
      await world.sequence();
    };

    it('when a bit of a tile that the tree ends in is another', async () => {
      flip('tile/0/001.p/44', 31);
      await more();
      await halts('log_tile_conflict');
    });

    it('when a bit of a tile of roots is another', async () => {
      flip('tile/1/000.p/1');
      await more();
      await halts('log_tile_conflict');
    });

    it('when a tile is missing', async () => {
      rmSync(join(world.tiles, 'tile/1/000.p/1'));
      await more();
      await halts('log_tile_conflict');
    });

    it('when somebody else wrote the next tile', async () => {
      await more();
      writeFileSync(join(world.tiles, 'tile/0/001.p/49'), Buffer.alloc(49 * 32));
      await halts('log_tile_conflict');
    });

    it('when a leaf was changed between its place and its publication', async () => {
      await more();
      await tamper(
        'audit_event',
        `UPDATE audit_event SET leaf = set_byte(leaf, 10, 65 + (get_byte(leaf, 10) + 1) % 20)
         WHERE id = (SELECT event_id FROM log_leaf WHERE idx = 303)`,
      );
      await halts('log_recheck_failed');
    });

    it('when a placed hash was changed', async () => {
      await more();
      await tamper('log_leaf', 'UPDATE log_leaf SET leaf_hash = sha256(leaf_hash) WHERE idx = 302');
      await halts('log_behind');
    });

    it('when placed events are gone', async () => {
      await more();
      await tamper('log_leaf', 'DELETE FROM log_leaf WHERE idx >= 300');
      await halts('log_behind');
    });

    it('when the database is an older one', async () => {
      await asSuperuser(world.db, 'UPDATE log_state SET size = 299, published_size = 299');
      world.clock.add(601_000);
      await halts('log_behind');
    });

    it('when the record of the published size is of another log', async () => {
      const parts = world.moreParts({ log: { ...world.config.log, origin: 'elsewhere.test/log' } });
      await more();
      await expect(parts.publisher.publish()).rejects.toMatchObject({ code: 'log_behind' });
      expect(read('checkpoint')).toEqual(note);
    });
  });

  async function asOwner<T>(sql: string): Promise<T[]> {
    const { rows } = await world.parts.publisherSession.use((session) =>
      session.query<T & Record<string, unknown>>(sql),
    );
    return rows;
  }
});
