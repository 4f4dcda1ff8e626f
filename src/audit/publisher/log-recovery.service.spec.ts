import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { restoredCopy, type TestDatabase } from '../../../test/support/database.js';
import { logWorld, writeEvents, type LogWorld } from '../../../test/support/log-world.js';
import { naiveRoot } from '../../../test/support/naive-tree.js';
import { uuidV7Factory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Outbox } from '../../platform/mail/outbox.js';
import { Secrets } from '../../platform/secrets/secrets.service.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import { AuditService } from '../audit.service.js';
import { readCheckpoint, type Checkpoint } from '../log/checkpoint.js';
import { placePublished, Sequencer } from '../sequencer/sequencer.js';
import { HaltMail } from './halt-mail.js';
import { LogHalts } from './log-halts.service.js';
import type { LogParts } from './log-parts.js';
import { LogRecovery } from './log-recovery.service.js';
import { LogStubs } from './log-stubs.service.js';
import { publishedEntries } from './published-entries.js';

const FALLEN = new Error('killed');

/** Falls before or after the stubs of one bundle are there. */
class FallingStubs extends LogStubs {
  constructor(
    private readonly fall: { readonly from: bigint; readonly after: boolean },
    ...parts: ConstructorParameters<typeof LogStubs>
  ) {
    super(...parts);
  }

  override async fill(from: bigint, leaves: readonly Buffer[]): Promise<void> {
    const isHere = from === this.fall.from;
    if (isHere && !this.fall.after) {
      throw FALLEN;
    }
    await super.fill(from, leaves);
    if (isHere) {
      throw FALLEN;
    }
  }

  override count(): Promise<number> {
    return Promise.reject(FALLEN);
  }
}

/** Lets something else be done once, after the statement that looks at the log's places. */
class SlowDatabase extends Database {
  constructor(
    dataSource: DataSource,
    private meanwhile: (() => Promise<void>) | undefined,
  ) {
    super(dataSource);
  }

  override transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return super.transaction((tx) => work({ query: this.slowQuery(tx) } as unknown as Tx));
  }

  private slowQuery(tx: Tx) {
    return async (sql: string, parameters: unknown[]): Promise<unknown> => {
      const rows = await tx.query<unknown>(sql, parameters);
      if (sql.includes('log_leaf')) {
        const { meanwhile } = this;
        this.meanwhile = undefined;
        await meanwhile?.();
      }
      return rows;
    };
  }
}

describe('a database that was restored to a time before the last checkpoint', () => {
  let world: LogWorld;
  let copy: TestDatabase;
  let parts: LogParts;
  let published: Checkpoint;
  let before: readonly Place[];

  interface Place {
    readonly id: string;
    readonly leaf: Buffer;
  }

  beforeEach(async () => {
    world = await logWorld();
    await grow(300);
    await world.write(5);
    await world.parts.close();
    copy = await restoredCopy(world.db);
    await grow(240);
    published = checkpoint();
    before = await placesOf(world.db);
    parts = partsOfCopy();
  });
  afterEach(async () => {
    await parts.close();
    await copy.close();
    await world.close();
  });

  function partsOfCopy(): LogParts {
    return world.moreParts({
      sequencerDatabaseUrl: copy.urlFor('concordat_sequencer'),
      publisherDatabaseUrl: copy.urlFor('concordat_publisher'),
    });
  }

  async function grow(count: number): Promise<void> {
    await world.write(count);
    await world.sequence();
    expect(await world.parts.publisher.publish()).toBe('published');
  }

  function checkpoint(): Checkpoint {
    return readCheckpoint(readFileSync(join(world.tiles, 'checkpoint'), 'utf8'));
  }

  async function placesOf({ dataSource }: TestDatabase): Promise<readonly Place[]> {
    const rows = await dataSource.query<(Place & { idx: string })[]>(
      `SELECT l.idx, e.id, e.leaf FROM log_leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.idx`,
    );
    expect(rows.map(({ idx }) => Number(idx))).toEqual(rows.map((_, at) => at));
    return rows.map(({ id, leaf }) => ({ id, leaf }));
  }

  function recovery(
    fall?: { readonly from: bigint; readonly after: boolean },
    own = parts,
  ): LogRecovery {
    const ids = uuidV7Factory(world.clock);
    const audit = new AuditService(world.clock, ids, new SubjectKeys(world.config));
    const mail = new HaltMail(
      new Outbox(copy.database, world.clock, ids, new Secrets(world.config)),
      world.clock,
    );
    const halts = new LogHalts(copy.database, audit, mail, ids, world.clock);
    const stubs = fall
      ? new FallingStubs(fall, copy.database, ids)
      : new LogStubs(copy.database, ids);
    return new LogRecovery(own, halts, stubs, copy.database);
  }

  const ask = <T>(sql: string): Promise<T[]> => copy.dataSource.query<T[]>(sql);
  const events = (type: string): Promise<{ id: string }[]> =>
    ask(`SELECT id FROM audit_event WHERE type = '${type}'`);

  /** Each published leaf is where it was, each event has one place, and the log goes on from there. */
  async function expectWhole(): Promise<void> {
    expect(await ask('SELECT 1 FROM log_halt WHERE resumed_at IS NULL')).toEqual([]);
    await writeEvents(copy, 3);
    await parts.sequencer.sequence();
    expect(await parts.publisher.publish()).toBe('published');
    const after = await placesOf(copy);
    const leaves = after.map(({ leaf }) => leaf);
    expect(leaves.slice(0, before.length)).toEqual(before.map(({ leaf }) => leaf));
    expect(naiveRoot(leaves.slice(0, before.length))).toEqual(published.root);
    expect(new Set(leaves.map((leaf) => leaf.toString())).size).toBe(leaves.length);
    expect(await ask('SELECT id FROM audit_event')).toHaveLength(after.length);
    expect(checkpoint()).toEqual({
      ...published,
      size: BigInt(after.length),
      root: naiveRoot(leaves),
    });
  }

  it('signs nothing and places nothing', async () => {
    await expect(parts.sequencer.sequence()).rejects.toThrow('log_behind');
    world.clock.add(601_000);
    await expect(parts.publisher.publish()).rejects.toThrow('log_behind');
    expect(checkpoint()).toEqual(published);
  });

  it('is recovered: what waits takes its place, the rest are stubs, and what is new comes after', async () => {
    await writeEvents(copy, 7);
    expect(await recovery().recover()).toEqual({ from: 300n, to: 545n, stubs: 240 });
    const after = await placesOf(copy);
    expect(after.slice(0, 300)).toEqual(before.slice(0, 300));
    expect(after).toHaveLength(545);
    expect(after.filter(({ id }, at) => id === before[at]?.id)).toHaveLength(305);
    expect(
      await ask(
        `SELECT type, outcome, occurred_at, person_ids FROM audit_event WHERE id = '${String(
          after.find(({ id }, at) => id !== before[at]?.id)?.id,
        )}'`,
      ),
    ).toEqual([
      {
        type: 'grant.issued',
        outcome: 'success',
        occurred_at: new Date(1_795_444_800_000),
        person_ids: [],
      },
    ]);
    expect(await events('log.halted')).toHaveLength(1);
    expect(await events('log.recovered')).toHaveLength(1);
    expect(await events('log.resumed')).toHaveLength(1);
    await expectWhole();
    expect(await recovery().recover()).toBeUndefined();
    expect(await events('log.recovered')).toHaveLength(1);
  });

  it.each([
    ['before the first bundle', { from: 300n, after: false }],
    ['between a stub and its place', { from: 300n, after: true }],
    ['between two bundles', { from: 512n, after: false }],
    ['between a stub and its place, later', { from: 512n, after: true }],
    ['before it says so', { from: -1n, after: false }],
  ])('is recovered by the next run when one was killed %s', async (_, fall) => {
    await expect(recovery(fall).recover()).rejects.toBe(FALLEN);
    expect(await ask('SELECT 1 FROM log_halt WHERE resumed_at IS NULL')).toHaveLength(1);
    const { stubs } = (await recovery().recover()) ?? {};
    expect(stubs).toBe(240);
    await expectWhole();
  });

  it('has no leaf twice when two recover it at the same time', async () => {
    const other = partsOfCopy();
    const both = await Promise.allSettled([
      recovery().recover(),
      recovery(undefined, other).recover(),
    ]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await recovery().recover();
    await expectWhole();
  });

  it('gets no stub of a leaf whose place another recovery fills meanwhile', async () => {
    const ids = uuidV7Factory(world.clock);
    const other = partsOfCopy();
    for await (const { from, leaves } of publishedEntries(
      world.parts.tiles,
      300n,
      BigInt(before.length),
    )) {
      await new LogStubs(copy.database, ids).fill(from, leaves);
      const slow = new SlowDatabase(copy.dataSource, () =>
        other.unguardedSession.transaction((session) => placePublished(session, from, leaves)),
      );
      await new LogStubs(slow, ids).fill(from, leaves);
    }
    expect(await ask('SELECT event_id FROM audit_pending')).toHaveLength(0);
    expect((await placesOf(copy)).map(({ leaf }) => leaf)).toEqual(before.map(({ leaf }) => leaf));
  });

  it('is left as it is when it went its own way', async () => {
    await writeEvents(copy, 2);
    await new Sequencer(parts.unguardedSession).sequence();
    const forked = await placesOf(copy);
    await expect(recovery().recover()).rejects.toThrow('not the first that were published');
    expect(await placesOf(copy)).toEqual(forked);
    expect(await ask('SELECT id FROM audit_event')).toHaveLength(307);
  });
});
