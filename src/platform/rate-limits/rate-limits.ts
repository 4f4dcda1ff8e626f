import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';

const MINUTE_MS = 60_000;

/** What may be done so many times a minute, on this node. */
@Injectable()
export class RateLimits {
  constructor(@Inject(ThrottlerStorage) private readonly storage: ThrottlerStorage) {}

  /**
   * Counts one time.
   * @param name of what is limited; @param key whose share it is.
   * @returns false once the minute's share is used up, and for a minute from then on.
   */
  async take(name: string, key: string, perMinute: number): Promise<boolean> {
    const { isBlocked } = await this.storage.increment(
      `${name}:${key}`,
      MINUTE_MS,
      perMinute,
      MINUTE_MS,
      name,
    );
    return !isBlocked;
  }
}
