import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConcordatError } from '../../kernel/errors.js';
import { afterAnswer, CLOSED, isAdmitted, type Breaker } from './breaker.rules.js';

const MAX_STORES = 1_000;

/** What an answer, or none, says of a store. `neutral`: the caller gave up. */
type Verdict = 'well' | 'ill' | 'neutral';

/**
 * A store that does not answer is not asked again and again: its callers are told at once, and one of them tries it from
 * time to time. Each node finds out for itself.
 */
@Injectable()
export class StoreBreakers {
  private readonly log = new Logger(StoreBreakers.name);
  private readonly breakers = new LRUCache<string, Breaker>({ max: MAX_STORES });

  /**
   * Asks a store, unless it is cut off.
   * @param name of the store's place; never logged.
   * @throws ConcordatError `store_unreachable` (503) at once for a store that is cut off, and what `ask` throws.
   */
  async through<T>(
    name: string,
    ask: () => Promise<T>,
    verdictOf: (error: unknown) => Verdict,
  ): Promise<T> {
    const breaker = this.breakers.get(name) ?? CLOSED;
    const now = performance.now();
    if (!isAdmitted(breaker, now)) {
      throw new ConcordatError('store_unreachable');
    }
    if (breaker.state === 'open') {
      this.breakers.set(name, { ...breaker, state: 'trying' });
    }
    try {
      const answer = await ask();
      this.settle(name, 'well');
      return answer;
    } catch (error) {
      this.settle(name, verdictOf(error));
      throw error;
    }
  }

  private settle(name: string, verdict: Verdict): void {
    const before = this.breakers.get(name) ?? CLOSED;
    const after = afterAnswer(before, verdict, performance.now());
    this.breakers.set(name, after);
    if (after.state === 'open' && before.state === 'closed') {
      this.log.warn({ msg: 'A store does not answer and is cut off', code: 'store_cut_off' });
    }
  }
}
