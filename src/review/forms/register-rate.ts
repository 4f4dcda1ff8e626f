import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import { CountedRefusals } from '../../identity/counted-refusals.js';
import { ConcordatError } from '../../kernel/errors.js';

const MINUTE_MS = 60_000;
const READS_PER_MINUTE = 60;
const FILES_AT_ONCE = 4;
const ROUTE = 'GET /api/v1/register';

/** What anybody may ask of the register, on this node: so many reads of one address, so many whole files of everybody. */
@Injectable()
export class RegisterRate {
  private openFiles = 0;

  constructor(
    @Inject(ThrottlerStorage) private readonly storage: ThrottlerStorage,
    private readonly refusals: CountedRefusals,
  ) {}

  /** Counts one read. @throws ConcordatError `rate_limited` (429) */
  async take(address: string): Promise<void> {
    const { isBlocked } = await this.storage.increment(
      `register:${address}`,
      MINUTE_MS,
      READS_PER_MINUTE,
      MINUTE_MS,
      'register',
    );
    if (isBlocked) {
      throw this.refusal();
    }
  }

  /** Sends one whole file. @throws ConcordatError `rate_limited` (429) while too many are being sent. */
  async sendFile(send: () => Promise<void>): Promise<void> {
    if (this.openFiles >= FILES_AT_ONCE) {
      throw this.refusal();
    }
    this.openFiles += 1;
    try {
      await send();
    } finally {
      this.openFiles -= 1;
    }
  }

  // R5.3: every 429 is counted.
  private refusal(): ConcordatError {
    this.refusals.count('access.denied', 'rate_limited', ROUTE);
    return new ConcordatError('rate_limited');
  }
}
