import pg from 'pg';
import {
  GROUND,
  grantWorld,
  worldTerms,
  type GrantWorld,
} from '../../../test/support/grant-world.js';
import { LockHolder } from '../../../test/support/lock-holder.js';
import { STOPPABLE_TERMS, STOPS, type Stop } from '../../../test/support/stops.js';
import { AuditService } from '../../audit/audit.service.js';
import { addDays } from '../../kernel/london-day.js';
import { takeLocks } from '../../platform/database/locks.js';
import { DueExpiries } from '../ending/due-expiries.service.js';
import { StoresModule } from '../../stores/stores.module.js';
import { StoresService } from '../../stores/stores.service.js';

let world: GrantWorld;
let holder: LockHolder;

beforeAll(async () => {
  world = await grantWorld({ terms: STOPPABLE_TERMS, imports: [StoresModule] });
  holder = await LockHolder.connect(world.db);
  const until = addDays(world.today, 400);
  await world.add(async (rows) => {
    await rows.organisationCheck(GROUND.recipient, 'dspt', until);
    for (const personId of [GROUND.researcher, GROUND.colleague]) {
      await rows.accreditation(personId, 'dea_full', until);
      await rows.training(personId, 'safe_researcher', until);
    }
    const next = worldTerms(world.today, { ...STOPPABLE_TERMS, dpop: true });
    await rows.version(GROUND.agreement, 2, 'awaiting_signature', next, GROUND.owner);
  });
  await world.force(
    `CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON grants DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION wait_here()`,
  );
}, 60_000);
afterAll(async () => {
  await holder.close();
  await world.close();
});
afterEach(() => world.force('DELETE FROM closure; DELETE FROM grants'));

const causeOf = ({ cause }: Stop): string => JSON.stringify(cause);
/** One of each cause: what is done for it is the same in whatever state it stopped. */
const ONE_OF_EACH = STOPS.filter(
  (stop, at) => STOPS.findIndex((other) => causeOf(other) === causeOf(stop)) === at,
);

// As every slice does it: the lock, the event, the row, the cascade, in one transaction.
const make = ({ lock, sql, cause }: Stop): Promise<unknown> =>
  world.database.transaction(async (tx) => {
    await takeLocks(tx, 'exclusive', [lock]);
    await world.app.get(AuditService).record(tx, 'organisation.suspended', { actorKind: 'broker' });
    await tx.query(sql);
    await world.cascade.apply(tx, cause);
  });
const liveGrants = (): Promise<unknown[]> =>
  world.query(`SELECT id FROM grants WHERE status IN ('issued', 'active')`);

describe.each(STOPS)('GD-29: $name', (stop) => {
  afterEach(() => world.force(stop.undo));

  it('step 2: the issue waits for its locks and reads what it committed', async () => {
    await holder.hold('LOCK TABLE audit_event IN EXCLUSIVE MODE');
    const stopping = make(stop);
    await holder.untilWaiting(1);
    const issuing = world.issue().catch((error: unknown) => error);
    await holder.untilWaiting(2);
    await holder.release();
    await stopping;
    expect(await issuing).toMatchObject({ code: stop.code });
    expect(await liveGrants()).toEqual([]);
  });
});

describe.each(ONE_OF_EACH)('GD-29: $name, raced against an issue', (stop) => {
  afterEach(() => world.force(stop.undo));

  const revokedBy = (): Promise<unknown[]> =>
    world.query(`SELECT status, epoch, end_reason FROM grants`);

  it('step 1: it commits after the ids are read and before the transaction begins to lock', async () => {
    await holder.hold('LOCK TABLE issue_idempotency IN EXCLUSIVE MODE');
    const issuing = world.issue().catch((error: unknown) => error);
    await holder.untilWaiting(1);
    await make(stop);
    await holder.release();
    expect(await issuing).toMatchObject({ code: stop.code });
    expect(await liveGrants()).toEqual([]);
  });

  it.each([
    ['step 3: it waits while the facts are read', 'LOCK TABLE log_state IN ACCESS EXCLUSIVE MODE'],
    ['step 4: it waits while the grant is written', 'LOCK TABLE decision_record IN EXCLUSIVE MODE'],
    ['step 5: it waits for the COMMIT', 'SELECT pg_advisory_xact_lock(4711)'],
  ])('%s, and then ends the grant', async (_name, lock) => {
    await holder.hold(lock);
    const issuing = world.issue();
    await holder.untilWaiting(1);
    const stopping = make(stop);
    await holder.untilWaiting(2);
    await holder.release();
    await Promise.all([issuing, stopping]);
    expect(await revokedBy()).toEqual([
      { status: 'revoked', epoch: 2, end_reason: stop.cause.code },
    ]);
  });
});

describe('an issue', () => {
  it('a transaction that waits too long ends, and grants nothing', async () => {
    await holder.hold('LOCK TABLE decision_record IN EXCLUSIVE MODE');
    await expect(world.issue()).rejects.toMatchObject({ code: 'audit_unavailable' });
    await holder.release();
    expect(await world.query(`SELECT id FROM grants WHERE status IN ('issued', 'active')`)).toEqual(
      [],
    );
  });

  it('after a lapse is restored, an approved request issues again with one call (R3.16)', async () => {
    const first = await world.issue();
    const stop = STOPS.find(({ cause }) => cause.code === 'membership_ended');
    if (!stop) {
      throw new Error('Memberships end');
    }
    await world.query(stop.sql);
    await world.database.transaction((tx) => world.cascade.apply(tx, stop.cause));
    await expect(world.issue()).rejects.toMatchObject({ code: 'affiliation_ended' });
    await world.query(stop.undo);
    expect(await world.query('SELECT status FROM grants')).toEqual([{ status: 'revoked' }]);
    const again = await world.issue();
    expect(again.id).not.toBe(first.id);
    expect(again.status).toBe('issued');
  });
});

describe('GD-32', () => {
  let listener: pg.Client;
  const heard: (string | undefined)[] = [];

  beforeAll(async () => {
    listener = new pg.Client(world.db.url);
    await listener.connect();
    listener.on('notification', ({ channel, payload }) =>
      heard.push(`${channel}:${payload ?? ''}`),
    );
    await listener.query('LISTEN concordat_grants; LISTEN concordat_policy');
  });
  afterAll(() => listener.end());

  // Notifications arrive in the order of commits, so whatever was sent before this one is here by then.
  const heardSoFar = async (): Promise<readonly (string | undefined)[]> => {
    const marked = new Promise((resolve) => listener.once('notification', resolve));
    await world.query(`SELECT pg_notify('concordat_policy', 'mark')`);
    await marked;
    while (heard.at(-1) !== 'concordat_policy:mark') {
      await new Promise((resolve) => listener.once('notification', resolve));
    }
    return heard.splice(0).filter((one) => one !== 'concordat_policy:mark');
  };

  it('issuing, refreshing and expiring send no NOTIFY; a cascade and a revocation send one each', async () => {
    const requests = [await world.approve(), await world.approve(), await world.approve()];
    const issued = [];
    for (const id of requests) {
      issued.push(await world.issue(id));
    }
    await world.grants.refresh(world.as(GROUND.researcher), issued[0]?.id ?? '');
    await world.query('UPDATE grants SET expires_at = issued_at WHERE id = $1', [issued[1]?.id]);
    expect(await world.app.get(DueExpiries, { strict: false }).sweep()).toBe(1);
    expect(await heardSoFar()).toEqual([]);
    await world.grants.revoke(world.as(GROUND.researcher), issued[0]?.id ?? '', 'Done');
    expect(await heardSoFar()).toEqual(['concordat_grants:']);
    const stores = world.app.get(StoresService, { strict: false });
    await stores.suspend(world.as(GROUND.owner), GROUND.store, 'Stolen keys');
    expect(await heardSoFar()).toEqual(['concordat_grants:']);
    expect(await world.query(`SELECT status FROM grants ORDER BY status`)).toEqual([
      { status: 'expired' },
      { status: 'revoked' },
      { status: 'revoked' },
    ]);
  });

  it('a cascade that ends nothing sends none', async () => {
    await world.database.transaction((tx) =>
      world.cascade.apply(tx, { code: 'project_closed', projectId: GROUND.project }),
    );
    expect(await heardSoFar()).toEqual([]);
  });
});
