import { logWorld, type LogWorld } from '../../../test/support/log-world.js';
import { naiveRoot } from '../../../test/support/naive-tree.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { BATCH } from './sequencer.js';

describe('the place of each event', () => {
  let world: LogWorld;

  beforeEach(async () => {
    world = await logWorld();
  });
  afterEach(() => world.close());

  const ask = async <T>(sql: string): Promise<T[]> => world.db.dataSource.query<T[]>(sql);

  /** No gap, none twice, none left over, and the root that the places make (A4). */
  async function expectWholeHistory(size: number): Promise<void> {
    const rows = await ask<{ idx: string; leaf: Buffer }>(
      'SELECT l.idx, e.leaf FROM log_leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.idx',
    );
    expect(rows.map(({ idx }) => Number(idx))).toEqual(Array.from({ length: size }, (_, at) => at));
    const { rows: state } = await world.parts.sequencerSession.use((session) =>
      session.query<{ size: string; root: Buffer; pending: string }>(
        'SELECT size, root, (SELECT count(*) FROM audit_pending) AS pending FROM log_state',
      ),
    );
    expect(state[0]).toEqual({
      size: String(size),
      root: naiveRoot(rows.map(({ leaf }) => leaf)),
      pending: '0',
    });
  }

  it('is the next one, for at most a batch at a time', async () => {
    await world.write(BATCH + 5);
    expect(await world.parts.sequencer.sequence()).toBe(BATCH);
    expect(await world.parts.sequencer.sequence()).toBe(5);
    expect(await world.parts.sequencer.sequence()).toBe(0);
    await expectWholeHistory(BATCH + 5);
  });

  it('is given to an event that commits later than those that were written after it', async () => {
    const runner = world.db.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(
      `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
       VALUES (gen_random_uuid(), 'grant.issued', now(), 'success', '{}', '{}', '{}', 'late', '')`,
    );
    await world.write(3);
    await world.sequence();
    await expectWholeHistory(3);
    await runner.commitTransaction();
    await runner.release();
    await world.sequence();
    await expectWholeHistory(4);
  });

  it('is one history when several sequence at once without their lock', async () => {
    const others = [world.parts, world.moreParts(), world.moreParts()];
    await world.parts.sequencer.sequence();
    for (let round = 0; round < 10; round += 1) {
      await world.write(100);
      await Promise.all(others.map(({ sequencer }) => sequencer.sequence()));
    }
    await world.sequence();
    await expectWholeHistory(1_000);
  }, 60_000);

  it('is given by nobody whose state was passed over: the whole batch rolls back', async () => {
    await world.write(5);
    await world.sequence();
    await world.write(5);
    // As if another had gone on from the same state without waiting.
    await asSuperuser(
      world.db,
      `CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
       CREATE TRIGGER overtake BEFORE UPDATE ON log_state FOR EACH ROW EXECUTE FUNCTION overtake()`,
    );
    await expect(world.parts.sequencer.sequence()).rejects.toThrow('Another sequencer was faster');
    await asSuperuser(world.db, 'DROP FUNCTION overtake() CASCADE');
    await world.sequence();
    await expectWholeHistory(10);
  });

  it('is not given while the database is older than what is published', async () => {
    await world.write(5);
    await world.sequence();
    await world.parts.publisher.publish();
    await world.write(2);
    await asSuperuser(world.db, 'UPDATE log_state SET size = 3');
    const restarted = world.moreParts();
    await expect(restarted.sequencer.sequence()).rejects.toMatchObject({ code: 'log_behind' });
    expect(await ask('SELECT 1 FROM log_leaf')).toHaveLength(5);
  });

  it('is not given in a database without a log where one is published', async () => {
    await world.write(5);
    await world.sequence();
    await world.parts.publisher.publish();
    await asSuperuser(world.db, 'DELETE FROM log_state');
    const restarted = world.moreParts();
    await expect(restarted.sequencer.sequence()).rejects.toMatchObject({ code: 'log_behind' });
  });
});
