import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { IssueRepository } from './issue.repository.js';

const AT_ONCE = 1_000;

/** Forgets Idempotency-Keys after their 24 hours; by then they count as new already. */
@Injectable()
export class OldKeys {
  constructor(
    private readonly database: Database,
    private readonly repository: IssueRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @returns how many it forgot. */
  async forget(signal?: AbortSignal): Promise<number> {
    const { manager } = this.database;
    let forgotten = 0;
    for (let batch = AT_ONCE; batch === AT_ONCE && signal?.aborted !== true; forgotten += batch) {
      batch = await this.repository.forgetOldKeys(manager, this.clock.now(), AT_ONCE);
    }
    return forgotten;
  }
}
