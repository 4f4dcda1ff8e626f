import { randomUUID } from 'node:crypto';
import { testConfig } from '../../test/support/config.js';
import { testDatabase, type TestDatabase } from '../../test/support/database.js';
import { systemClock } from '../kernel/clock.js';
import { uuidV7Factory } from '../kernel/ids.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import { AuditService } from './audit.service.js';

const EVENTS = 520;
const EVENTS_PER_TURN = 50;

describe('many events at once', () => {
  let db: TestDatabase;
  let keys: SubjectKeys;

  beforeAll(async () => {
    db = await testDatabase();
    keys = new SubjectKeys(testConfig({ secretsDatabaseUrl: db.urlFor('concordat_secrets') }));
  });
  afterAll(async () => {
    await keys.onApplicationShutdown();
    await db.close();
  });

  it('are each written, in their order, and leave others their turn', async () => {
    const ids = uuidV7Factory(systemClock);
    let begun = 0;
    const counted = {
      next: (): string => {
        begun += 1;
        return ids.next();
      },
    };
    let mostInOneTurn = 0;
    let before = 0;
    let isDone = false;
    const look = (): void => {
      mostInOneTurn = Math.max(mostInOneTurn, begun - before);
      before = begun;
      if (!isDone) {
        setImmediate(look);
      }
    };
    const grantIds = Array.from({ length: EVENTS }, () => randomUUID());
    const audit = new AuditService(systemClock, counted, keys);
    look();
    const eventIds = await db.database.transaction((tx) =>
      audit.recordAll(
        tx,
        'grant.expired',
        grantIds.map((grantId) => ({ actorKind: 'broker' as const, grantId })),
      ),
    );
    isDone = true;
    expect(mostInOneTurn).toBeLessThanOrEqual(EVENTS_PER_TURN);
    const rows = await db.dataSource.query<{ id: string; grant_id: string }[]>(
      'SELECT id, grant_id FROM audit_event',
    );
    const written = new Map(rows.map(({ id, grant_id: grantId }) => [id, grantId]));
    expect(eventIds.map((id) => written.get(id))).toEqual(grantIds);
  });
});
