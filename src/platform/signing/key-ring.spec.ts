import { HandClock } from '../../../test/support/hand-clock.js';
import type { Database } from '../database/database.js';
import type { Secrets } from '../secrets/secrets.service.js';
import { KeyRing } from './key-ring.js';
import type { KeyRotation } from './key-rotation.service.js';
import type { SigningKeyRepository, SigningKeyRow } from './signing-key.repository.js';

const NOW = new Date('2026-11-26T12:00:00Z');

describe('the keys that a node knows', () => {
  const row = { kid: 'new', purpose: 'token', state: 'next', since: NOW } as SigningKeyRow;
  const ringOf = (read: () => Promise<readonly SigningKeyRow[]>, clock: HandClock): KeyRing =>
    new KeyRing(
      { manager: {} } as Database,
      { findAll: read } as unknown as SigningKeyRepository,
      {} as KeyRotation,
      {} as Secrets,
      clock,
    );

  it('are looked up again for one that it has not heard of, once a second at most', async () => {
    const clock = new HandClock(NOW);
    let reads = 0;
    const ring = ringOf(() => Promise.resolve(++reads === 1 ? [row] : []), clock);
    expect(ring.published()).toEqual([]);
    await ring.lookAgain();
    expect(ring.published()).toEqual([row]);
    clock.add(999);
    await ring.lookAgain();
    expect(reads).toBe(1);
    clock.add(1);
    await ring.lookAgain();
    expect([reads, ring.published()]).toEqual([2, []]);
  });

  it('are read once for all who look at the same time, and each of them waits for it', async () => {
    let finish: (rows: readonly SigningKeyRow[]) => void = () => undefined;
    let reads = 0;
    const ring = ringOf(() => {
      reads += 1;
      return new Promise((resolve) => (finish = resolve));
    }, new HandClock(NOW));
    const looks = [ring.lookAgain(), ring.lookAgain()].map((look) =>
      look.then(() => ring.published()),
    );
    finish([row]);
    expect(await Promise.all(looks)).toEqual([[row], [row]]);
    expect(reads).toBe(1);
  });
});
