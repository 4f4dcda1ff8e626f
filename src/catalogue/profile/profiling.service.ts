import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { MAX_ATTEMPTS, ProfileLimits } from './profile-limits.js';
import { ProfileRepository, type ProfileAttempt } from './profile.repository.js';
import { Sampling } from './sampling.service.js';

/** Longer than an attempt may take: one that is alive keeps its claim. */
const CLAIM_SLACK_MS = 30_000;
const TOO_SLOW = 'The store takes too long. Ask again.';
const TRIED = 'The sample could not be read at all.';

/** The worker's side: takes what is due, looks at a sample, and writes what it proposes or why it does not. */
@Injectable()
export class Profiling {
  private readonly log = new Logger(Profiling.name);

  // eslint-disable-next-line max-params -- three collaborators, the limits and the two ports
  constructor(
    private readonly database: Database,
    private readonly profiles: ProfileRepository,
    private readonly sampling: Sampling,
    @Inject(ProfileLimits) private readonly limits: ProfileLimits,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @returns how many attempts ended. */
  async profileDue(signal?: AbortSignal): Promise<number> {
    await this.profiles.dropExpired(this.database.manager, this.clock.now());
    let ended = 0;
    const oneByOne = async (): Promise<void> => {
      while (signal?.aborted !== true) {
        const attempt = await this.claim();
        if (!attempt) {
          return;
        }
        await this.try(attempt, signal);
        ended += 1;
      }
    };
    await Promise.all(Array.from({ length: this.limits.atOnce }, oneByOne));
    return ended;
  }

  private claim(): Promise<ProfileAttempt | undefined> {
    const now = this.clock.now();
    const retryAt = new Date(now.getTime() + this.limits.attemptMs + CLAIM_SLACK_MS);
    return this.database.transaction((tx) =>
      this.profiles.claim(tx, this.ids.next(), now, retryAt),
    );
  }

  private async try(attempt: ProfileAttempt, stopping?: AbortSignal): Promise<void> {
    const { manager } = this.database;
    if (attempt.attempts >= MAX_ATTEMPTS) {
      await this.profiles.finish(manager, attempt, { fault: TRIED });
      return;
    }
    const deadline = AbortSignal.timeout(this.limits.attemptMs);
    const signal = AbortSignal.any(stopping ? [stopping, deadline] : [deadline]);
    try {
      const proposal = await this.sampling.sample(attempt, attempt, signal);
      await this.profiles.finish(manager, attempt, { proposal });
    } catch (error) {
      if (stopping?.aborted === true) {
        await this.profiles.giveBack(manager, attempt, this.clock.now());
        return;
      }
      const { datasetId } = attempt;
      this.log.warn({ msg: 'A profile failed', code: 'profile_failed', datasetId, err: error });
      const fault = isConcordatError(error) ? error.message : 'Unexpected error';
      await this.profiles.finish(manager, attempt, { fault: deadline.aborted ? TOO_SLOW : fault });
    }
  }
}
