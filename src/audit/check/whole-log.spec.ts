import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logWorld, type LogWorld } from '../../../test/support/log-world.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { readCheckpoint } from '../log/checkpoint.js';
import { WholeLog } from './whole-log.js';

const SIZE = 1_000;

describe('the check of a whole log', () => {
  let world: LogWorld;

  beforeAll(async () => {
    world = await logWorld();
    // Full tiles and partial ones, in two publications.
    await grow(300);
    await grow(SIZE - 300);
  }, 60_000);
  afterAll(() => world.close());

  async function grow(count: number): Promise<void> {
    await world.write(count);
    await world.sequence();
    while ((await world.parts.publisher.publish()) === 'published') {
      // Each run adds a bounded number.
    }
  }
  const path = (name: string): string => join(world.tiles, name);
  const check = async () => {
    const { checkSession, tiles, head } = world.moreParts();
    let seen = 0;
    const verified = await new WholeLog(checkSession, tiles, head).check((more, total) => {
      expect(total).toBe(BigInt(SIZE));
      seen += more;
    });
    expect(seen).toBe(SIZE);
    return verified;
  };
  const fails = async (detail: string): Promise<void> => {
    await expect(check()).rejects.toMatchObject({ code: 'log_check_failed', detail });
  };

  /** Runs with a changed object, and puts the old one back. */
  async function withObject(
    name: string,
    change: (bytes: Buffer) => Buffer | undefined,
    run: () => Promise<void>,
  ): Promise<void> {
    const good = readFileSync(path(name));
    const changed = change(Buffer.from(good));
    if (changed) {
      writeFileSync(path(name), changed);
    } else {
      rmSync(path(name));
    }
    try {
      await run();
    } finally {
      writeFileSync(path(name), good);
    }
  }
  const flipBit = (at: number) => (bytes: Buffer) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };

  /** Runs with a row changed as only a superuser can, and puts it back. */
  async function withRow(
    table: string,
    [change, back]: readonly [string, string],
    run: () => Promise<void>,
  ): Promise<void> {
    const tamper = (sql: string): Promise<void> =>
      asSuperuser(
        world.db,
        `ALTER TABLE ${table} DISABLE TRIGGER USER; ${sql}; ALTER TABLE ${table} ENABLE TRIGGER USER`,
      );
    await tamper(change);
    try {
      await run();
    } finally {
      await tamper(back);
    }
  }

  it('finds every event in the database as it is published', async () => {
    const signed = readCheckpoint(readFileSync(path('checkpoint'), 'utf8'));
    expect(await check()).toMatchObject(signed);
    expect(signed.size).toBe(BigInt(SIZE));
  });

  it('finds one bit of a leaf in the database', async () => {
    const flip = `UPDATE audit_event SET leaf = set_bit(leaf, 50, 1 - get_bit(leaf, 50))
      WHERE id = (SELECT event_id FROM log_leaf WHERE idx = 601)`;
    await withRow('audit_event', [flip, flip], () =>
      fails(
        'event 601 is not in audit_event.leaf, audit_event.leaf_hash what it is in ' +
          'log_leaf.leaf_hash, tile/entries/002, tile/0/002',
      ),
    );
  });

  it('finds one bit of a hash in the database', async () => {
    const flip = `UPDATE log_leaf SET leaf_hash = set_bit(leaf_hash, 0, 1 - get_bit(leaf_hash, 0)) WHERE idx = 7`;
    await withRow('log_leaf', [flip, flip], () =>
      fails(
        'event 7 is not in log_leaf.leaf_hash what it is in ' +
          'audit_event.leaf, audit_event.leaf_hash, tile/entries/000, tile/0/000',
      ),
    );
  });

  it('finds two events that have changed places', async () => {
    // Unique at every moment: by way of a third.
    const swap = `CREATE TEMP TABLE two AS SELECT idx, event_id FROM log_leaf WHERE idx IN (9, 10);
      UPDATE log_leaf SET event_id = (SELECT e.id FROM audit_event e LEFT JOIN log_leaf l ON l.event_id = e.id
        WHERE l.idx IS NULL LIMIT 1) WHERE idx = 9;
      UPDATE log_leaf SET event_id = (SELECT event_id FROM two WHERE idx = 9) WHERE idx = 10;
      UPDATE log_leaf SET event_id = (SELECT event_id FROM two WHERE idx = 10) WHERE idx = 9; DROP TABLE two`;
    await world.write(1);
    await withRow('log_leaf', [swap, swap], () =>
      fails(
        'event 9 is not in audit_event.leaf, audit_event.leaf_hash what it is in ' +
          'log_leaf.leaf_hash, tile/entries/000, tile/0/000',
      ),
    );
  });

  it('finds a place that is gone', async () => {
    const back = `INSERT INTO log_leaf SELECT * FROM gone; DROP TABLE gone`;
    const remove = `CREATE TABLE gone AS SELECT * FROM log_leaf WHERE idx = 999; DELETE FROM log_leaf WHERE idx = 999`;
    await withRow('log_leaf', [remove, back], () =>
      fails(
        'event 999 is not in audit_event.leaf, audit_event.leaf_hash, log_leaf.leaf_hash what it is in ' +
          'tile/entries/003.p/232, tile/0/003.p/232',
      ),
    );
  });

  const others = 'audit_event.leaf, audit_event.leaf_hash, log_leaf.leaf_hash';

  it.each([
    [
      'a bundle',
      'tile/entries/001',
      30,
      `event 256 is not in tile/entries/001 what it is in ${others}, tile/0/001`,
    ],
    [
      'the length of an entry',
      'tile/entries/001',
      1,
      `event 256 is not in tile/entries/001 what it is in ${others}, tile/0/001`,
    ],
    [
      'a tile of leaves',
      'tile/0/003.p/232',
      33,
      `event 769 is not in tile/0/003.p/232 what it is in ${others}, tile/entries/003.p/232`,
    ],
    [
      'a tile of roots',
      'tile/1/000.p/3',
      32 * 2,
      'the hash of events 512 to 767 is another in tile/1/000.p/3 than below it',
    ],
  ])('finds one bit of %s', async (_what, name, at, detail) => {
    await withObject(name, flipBit(at), () => fails(detail));
  });

  it.each(['tile/entries/002', 'tile/0/002', 'tile/1/000.p/3', 'tile/0/003.p/232'])(
    'finds that %s is missing',
    async (name) => {
      await withObject(
        name,
        () => undefined,
        () => fails(`${name} is missing`),
      );
    },
  );

  it.each(['tile/entries/002', 'tile/0/003.p/232', 'tile/1/000.p/3'])(
    'finds what stands behind the end of %s',
    async (name) => {
      const longer = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.of(0)]);
      await withObject(name, longer, () => fails(`${name} goes on after its last hash or entry`));
    },
  );

  it('finds a checkpoint of another tree, and of a larger one', async () => {
    const note = readFileSync(path('checkpoint'), 'utf8');
    const root = readCheckpoint(note).root.toString('base64');
    const other = Buffer.alloc(32).toString('base64');
    const signed = (text: string) => () => Buffer.from(text);
    await withObject('checkpoint', signed(note.replace(root, other)), () =>
      fails(`the root of ${String(SIZE)} events is not the one that was signed`),
    );
    await withObject('checkpoint', signed(note.replace(`\n${String(SIZE)}\n`, '\n70000\n')), () =>
      fails('a tree of 70000 is signed, which LOG_HEAD does not know'),
    );
  });

  it('reads the database by its indexes alone', async () => {
    const { LEAF_ROWS } = await import('./leaf-rows.js');
    const sql = LEAF_ROWS.replace('$1', '500').replace('$2', '550');
    await asSuperuser(world.db, 'ANALYZE log_leaf; ANALYZE audit_event');
    const rows = await world.db.dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('log_leaf_pkey');
  });
});
