import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { ClosureOpening } from '../closure/closure-opening.service.js';
import { GrantEndings } from './grant-endings.service.js';
import { GrantEndingsRepository } from './grant-endings.repository.js';

const AT_ONCE = 500;

/** Writes the ends that have come, once each: every gate compares dates itself, so a late sweep opens nothing (R3.25). */
@Injectable()
export class DueExpiries {
  constructor(
    private readonly database: Database,
    private readonly repository: GrantEndingsRepository,
    private readonly endings: GrantEndings,
    private readonly closures: ClosureOpening,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** In transactions of at most 500 grants. @returns how many expired. */
  async sweep(signal?: AbortSignal): Promise<number> {
    let expired = 0;
    for (let batch = AT_ONCE; batch === AT_ONCE && signal?.aborted !== true; expired += batch) {
      batch = await this.expire();
    }
    return expired;
  }

  /** The grant of one request, whose end stands in the way of another grant. */
  async expireOf(accessRequestId: string): Promise<void> {
    await this.expire(accessRequestId);
  }

  private async expire(accessRequestId?: string): Promise<number> {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const due = await this.repository.lockDue(tx, now, AT_ONCE, accessRequestId);
      if (due.length > 0) {
        await this.endings.expire(tx, due);
        await this.closures.openAfter(tx, due);
      }
      return due.length;
    });
  }
}
