import { Injectable } from '@nestjs/common';
import { RateLimits } from '../platform/rate-limits/rate-limits.js';

const RECORDED_PER_MINUTE = 10;

/** How many refusals are written one by one: what lies beyond is counted, so that nobody can flood the log (R5.3). */
@Injectable()
export class RefusalRate {
  constructor(private readonly rates: RateLimits) {}

  /** @param key who is refused, and where. @returns false once the minute's share is used up. */
  async take(key: string): Promise<boolean> {
    return this.rates.take('refusal', key, RECORDED_PER_MINUTE);
  }
}
