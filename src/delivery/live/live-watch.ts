import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { DeliveryGrantsRepository } from '../access/delivery-grants.repository.js';
import { StreamLimits } from '../stream/stream-limits.js';
import { GrantListener } from './grant-listener.js';
import { LiveStreams } from './live-streams.js';

/**
 * Ends this node's streams when their grants end (R3.15): at once on a notification, at the next heartbeat if that was lost,
 * and all of them when nobody can say any more whether they are live.
 */
@Injectable()
export class LiveWatch
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly log = new Logger(LiveWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private answeredAt = 0;
  private checking: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  constructor(
    private readonly streams: LiveStreams,
    private readonly listener: GrantListener,
    private readonly grants: DeliveryGrantsRepository,
    @Inject(StreamLimits) private readonly limits: StreamLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.answeredAt = this.clock.now().getTime();
    this.listener.onEnded(() => void this.check());
    await this.check();
    this.timer = setInterval(() => {
      this.beat();
    }, this.limits.heartbeatMs);
    this.timer.unref();
  }

  /** The streams end first, with their events, while the database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    this.streams.stop();
    await this.streams.drained();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.checking;
    await this.listener.close();
  }

  /** What needs no answer happens whether or not the last question got one. */
  beat(): void {
    const now = this.clock.now();
    this.streams.cutExpired(now);
    if (now.getTime() - this.answeredAt > this.patienceMs()) {
      this.streams.cutAll('database_lost');
    }
    void (this.checking ?? this.check());
  }

  /**
   * Asks about all streams in one SELECT, and about those that programs read in another. During a question it waits to ask
   * again: that answer may be from before.
   */
  check(): Promise<void> {
    this.queued ??= (this.checking ?? Promise.resolve()).then(() => {
      this.queued = undefined;
      this.checking = this.ask().finally(() => (this.checking = undefined));
      return this.checking;
    });
    return this.queued;
  }

  // A beat that comes just too early to cut is followed by one a heartbeat later: the limit holds for that one.
  private patienceMs(): number {
    const { databaseLostMs, heartbeatMs } = this.limits;
    return databaseLostMs - Math.min(heartbeatMs, databaseLostMs / 5);
  }

  private async ask(): Promise<void> {
    const now = this.clock.now();
    const asked = this.streams.grantIds();
    try {
      const query = this.listener.query.bind(this.listener);
      const live = await this.grants.liveEpochs(query, asked, now);
      this.streams.cutEnded(asked, live);
      const programs = this.streams.programs();
      if (programs.length > 0) {
        this.streams.cutPrograms(await this.grants.stoppedPrograms(query, programs));
      }
      this.answeredAt = now.getTime();
    } catch (error) {
      this.log.warn({
        msg: 'Open streams could not be checked',
        code: 'live_check_failed',
        err: error,
      });
    }
  }
}
