import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { HandClock } from '../../../test/support/hand-clock.js';
import { Idempotency, type IdempotentCall } from './idempotency.js';

const CALLER = '01990000-0000-7000-8000-0000000000a1';
const OTHER = '01990000-0000-7000-8000-0000000000b1';

describe('Idempotency-Keys (law 10)', () => {
  let db: TestDatabase;
  let clock: HandClock;
  let idempotency: Idempotency;

  beforeEach(async () => {
    db = await testDatabase();
    clock = new HandClock(new Date('2026-06-15T12:00:00Z'));
    idempotency = new Idempotency(db.database, clock);
  });

  afterEach(() => db.close());

  const call = (changes: Partial<IdempotentCall> = {}): IdempotentCall => ({
    principalId: CALLER,
    route: 'POST things',
    key: 'key-1',
    body: { name: 'One' },
    ...changes,
  });
  let made = 0;
  const once = (changes: Partial<IdempotentCall> = {}): Promise<number> =>
    db.database.transaction((tx) =>
      idempotency.once(tx, call(changes), () => Promise.resolve((made += 1))),
    );

  it('gives the same answer to the same key and body, and does the work once', async () => {
    const first = await once();
    expect(await once()).toBe(first);
    expect(await once({ body: { name: 'One' } })).toBe(first);
  });

  it('refuses the same key with another body', async () => {
    await once();
    await expect(once({ body: { name: 'Two' } })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it.each<readonly [string, Partial<IdempotentCall>]>([
    ['another caller', { principalId: OTHER }],
    ['another route', { route: 'POST others' }],
    ['another key', { key: 'key-2' }],
    ['no key', { key: undefined }],
  ])('does the work again for %s', async (_, changes) => {
    const first = await once();
    expect(await once(changes)).not.toBe(first);
  });

  it('makes one thing of calls that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => once()));
    expect(new Set(answers).size).toBe(1);
  });

  it('keeps a key for a day, then forgets it', async () => {
    const first = await once();
    clock.set('2026-06-16T11:59:59Z');
    expect(await idempotency.forgetOld()).toBe(0);
    expect(await once()).toBe(first);
    clock.set('2026-06-16T12:00:01Z');
    expect(await idempotency.forgetOld()).toBe(1);
    expect(await once()).not.toBe(first);
  });
});
