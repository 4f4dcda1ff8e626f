import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ConcordatError } from '../../kernel/errors.js';
import { FeedEntriesRepository } from './feed-entries.repository.js';
import type { FeedFollower } from './feed-follower.js';
import { FeedLimits } from './feed-limits.js';

/** The event streams of this node. Each second one SELECT asks for what is new to any of them. */
@Injectable()
export class FeedHub implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(FeedHub.name);
  private readonly followers = new Set<FeedFollower>();
  private readonly places = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> | undefined;

  constructor(
    private readonly entries: FeedEntriesRepository,
    @Inject(FeedLimits) private readonly limits: FeedLimits,
  ) {}

  onApplicationBootstrap(): void {
    const every = (milliseconds: number, work: () => void): void => {
      this.timers.push(setInterval(work, milliseconds).unref());
    };
    every(this.limits.lookMs, () => void this.look());
    every(this.limits.commentMs, () => {
      this.followers.forEach((follower) => {
        follower.keepAlive();
      });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.timers.forEach(clearInterval);
    await this.looking;
  }

  /**
   * Takes a place before anything is waited for, so that none is given twice.
   * @returns gives it back.
   * @throws ConcordatError `rate_limited` (429) when too many of the person's are open.
   */
  takePlace(personId: string): () => void {
    const open = this.places.get(personId) ?? 0;
    if (open >= this.limits.perPerson) {
      throw new ConcordatError('rate_limited');
    }
    this.places.set(personId, open + 1);
    return () => {
      const left = (this.places.get(personId) ?? 1) - 1;
      if (left === 0) {
        this.places.delete(personId);
      } else {
        this.places.set(personId, left);
      }
    };
  }

  add(follower: FeedFollower): void {
    this.followers.add(follower);
    void this.look();
  }

  remove(follower: FeedFollower): void {
    this.followers.delete(follower);
  }

  /** One look at a time: what one finds decides from where the next one asks. */
  look(): Promise<void> {
    this.looking ??= this.ask().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async ask(): Promise<void> {
    const now = performance.now();
    this.followers.forEach((follower) => {
      follower.cutIfStuck(now, this.limits.stuckMs);
    });
    const ready = [...this.followers].filter(({ isReady }) => isReady);
    if (ready.length === 0) {
      return;
    }
    try {
      const positions = ready.map(({ position }) => position);
      // However many there are, one look brings so many rows: each gets its part, and the rest a second later.
      const share = Math.max(1, Math.floor(this.limits.rowsOfOneLook / ready.length));
      const found = await this.entries.after(positions, Math.min(this.limits.atOnce, share));
      for (const follower of ready) {
        // Who has gone in between is told nothing more.
        if (this.followers.has(follower) && follower.isReady) {
          follower.tell(found.get(follower.position.id) ?? []);
        }
      }
    } catch (error) {
      this.log.warn({ msg: 'Feeds could not be read', code: 'feed_look_failed', err: error });
    }
  }
}
