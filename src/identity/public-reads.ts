import { Injectable } from '@nestjs/common';
import { ConcordatError } from '../kernel/errors.js';
import { RateLimits } from '../platform/rate-limits/rate-limits.js';
import { CountedRefusals } from './counted-refusals.js';

const FILES_AT_ONCE = 4;

/** A route that anybody may read, as counts name it, and how often one address may. */
export interface PublicRoute {
  readonly route: string;
  readonly readsPerMinute: number;
}

/** What may be asked without signing in, on this node: so many reads of one address, so many whole files of everybody. */
@Injectable()
export class PublicReads {
  private openFiles = 0;

  constructor(
    private readonly rates: RateLimits,
    private readonly refusals: CountedRefusals,
  ) {}

  /** Counts one read. @throws ConcordatError `rate_limited` (429) */
  async take({ route, readsPerMinute }: PublicRoute, address: string): Promise<void> {
    if (!(await this.rates.take(route, address, readsPerMinute))) {
      throw this.refusal(route);
    }
  }

  /** Sends one whole file. @throws ConcordatError `rate_limited` (429) while too many are being sent. */
  async sendFile({ route }: PublicRoute, send: () => Promise<void>): Promise<void> {
    if (this.openFiles >= FILES_AT_ONCE) {
      throw this.refusal(route);
    }
    this.openFiles += 1;
    try {
      await send();
    } finally {
      this.openFiles -= 1;
    }
  }

  // R5.3: every 429 is counted.
  private refusal(route: string): ConcordatError {
    this.refusals.count('access.denied', 'rate_limited', route);
    return new ConcordatError('rate_limited');
  }
}
