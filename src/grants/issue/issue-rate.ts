import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import { Config } from '../../config/config.js';

const MINUTE_MS = 60_000;

/** How many grants one person may ask for in a minute, on this node. */
@Injectable()
export class IssueRate {
  constructor(
    @Inject(ThrottlerStorage) private readonly storage: ThrottlerStorage,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Counts one call. @returns false once the minute's share is used up. */
  async take(personId: string): Promise<boolean> {
    const limit = this.config.issueRatePerMinute;
    const { isBlocked } = await this.storage.increment(
      `issue:${personId}`,
      MINUTE_MS,
      limit,
      MINUTE_MS,
      'issue',
    );
    return !isBlocked;
  }
}
