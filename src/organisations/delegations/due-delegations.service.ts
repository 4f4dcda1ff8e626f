import { Inject, Injectable } from '@nestjs/common';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { DelegationEnds } from './delegation-ends.js';
import { DelegationsRepository } from './delegations.repository.js';

const AT_ONCE = 100;

/** Writes that a deputy's last day is over: the deputy could do nothing more since that midnight. */
@Injectable()
export class DueDelegations {
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
    const why = { reasonCodes: ['ends_on'] };
    let ended = 0;
    for (const due of await this.delegations.findDue(manager, today, AT_ONCE)) {
      const isEnded = await this.database.transaction((tx) =>
        this.ends.end(tx, BROKER_ACTOR, due, why),
      );
      ended += isEnded ? 1 : 0;
    }
    return ended;
  }
}
