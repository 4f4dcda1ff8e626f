import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { RateLimits } from '../../platform/rate-limits/rate-limits.js';

/** How many grants one person may ask for in a minute, on this node. */
@Injectable()
export class IssueRate {
  constructor(
    private readonly rates: RateLimits,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Counts one call. @returns false once the minute's share is used up. */
  async take(personId: string): Promise<boolean> {
    return this.rates.take('issue', personId, this.config.issueRatePerMinute);
  }
}
