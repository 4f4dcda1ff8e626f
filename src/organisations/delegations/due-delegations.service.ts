import { Inject, Injectable, Logger } from '@nestjs/common';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { DelegationEnds } from './delegation-ends.js';
import { DelegationsRepository, type DelegationRow } from './delegations.repository.js';

const AT_ONCE = 100;

/** Writes that a deputy's last day is over: the deputy could do nothing more since that midnight. */
@Injectable()
export class DueDelegations {
  private readonly log = new Logger(DueDelegations.name);

  constructor(
    private readonly database: Database,
    private readonly delegations: DelegationsRepository,
    private readonly ends: DelegationEnds,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @returns how many ended. */
  async sweep(): Promise<number> {
    const { manager } = this.database;
    const today = londonDay(this.clock.now());
    let ended = 0;
    for (const due of await this.delegations.findDue(manager, today, AT_ONCE)) {
      ended += (await this.tryEnd(due)) ? 1 : 0;
    }
    return ended;
  }

  // One that fails is logged and stops no other.
  private async tryEnd(due: DelegationRow): Promise<boolean> {
    try {
      return await this.database.transaction((tx) =>
        this.ends.end(tx, BROKER_ACTOR, due, { reasonCodes: ['ends_on'] }),
      );
    } catch (error) {
      this.log.error({
        msg: 'A delegation did not end',
        code: 'delegation_end_failed',
        id: due.id,
        err: error,
      });
      return false;
    }
  }
}
