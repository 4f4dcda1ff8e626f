import { Inject, Injectable, Logger } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { StoreClient, type StoredObject } from '../../platform/object-store/store-client.js';
import { StoreLocations, type StoreLog } from '../../stores/store-locations.service.js';
import { LATE_OBJECT_MS, LogLimits } from './log-limits.js';
import { LogPositionsRepository } from './log-positions.repository.js';
import { LogReading } from './log-reading.service.js';
import { ObservedReadsRepository } from './observed-reads.repository.js';
import type { LogClaim } from './observed.types.js';
import type { JudgedStore } from './read-judging.service.js';
import { ReadTelling } from './read-telling.service.js';

/** What one sweep of a log has come to. */
interface Progress {
  floorKey: string;
  /** No longer, once an object was met that another may still come before. */
  isFloorRising: boolean;
  isComplete: boolean;
  objects: number;
}

/**
 * Reads the access logs of stores again and again, each by one worker at a time, and tells of what they say. Log objects are
 * known by their keys and reads by their request ids: what comes late, twice or in any order is told once.
 */
@Injectable()
export class LogSweep {
  private readonly log = new Logger(LogSweep.name);

  // eslint-disable-next-line max-params -- where from, where to, the limits and the ports
  constructor(
    private readonly database: Database,
    private readonly positions: LogPositionsRepository,
    private readonly reads: ObservedReadsRepository,
    private readonly locations: StoreLocations,
    private readonly client: StoreClient,
    private readonly reading: LogReading,
    private readonly telling: ReadTelling,
    @Inject(LogLimits) private readonly limits: LogLimits,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Reads every log that is due, a few at once. @returns how many were read to their end. */
  async readDue(signal?: AbortSignal): Promise<number> {
    let read = 0;
    const readOneByOne = async (): Promise<void> => {
      while (signal?.aborted !== true) {
        const claim = await this.claim();
        if (!claim) {
          return;
        }
        read += (await this.tryRead(claim, signal)) ? 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: this.limits.atOnce }, readOneByOne));
    return read;
  }

  private claim(): Promise<LogClaim | undefined> {
    const now = this.clock.now();
    return this.database.transaction((tx) =>
      this.positions.claim(tx, this.ids.next(), now, this.in(this.limits.claimMs)),
    );
  }

  private async tryRead(claim: LogClaim, stopping?: AbortSignal): Promise<boolean> {
    const deadline = AbortSignal.timeout(this.limits.attemptMs);
    const signal = AbortSignal.any(stopping ? [stopping, deadline] : [deadline]);
    try {
      const startedAt = this.clock.now();
      const { floorKey, isComplete } = await this.read(claim, signal);
      const dueAt = this.in(isComplete ? this.config.accessLogEverySeconds * 1000 : 0);
      const readAt = isComplete ? startedAt : null;
      await this.database.transaction((tx) =>
        this.positions.finish(tx, claim, { floorKey, readAt, dueAt }),
      );
      return isComplete;
    } catch (error) {
      await this.postpone(claim, error, stopping?.aborted === true);
      return false;
    }
  }

  private async read(claim: LogClaim, signal: AbortSignal): Promise<Progress> {
    const progress = {
      floorKey: claim.floorKey,
      isFloorRising: true,
      isComplete: true,
      objects: 0,
    };
    const found = await this.locations.logOfStore(claim.storeId);
    if (found) {
      const { accessKeyId, bucket } = found.location;
      const datasets = await this.reads.datasets(this.database.manager, claim.storeId);
      const { rotatedAt } = found;
      const store = { id: claim.storeId, bucket, accessKeyId, rotatedAt, datasets };
      await this.readObjects(claim, store, found.log, progress, signal);
    }
    // Also what an earlier sweep kept and could not tell of.
    await this.telling.tell(claim.storeId, signal);
    return progress;
  }

  private async readObjects(
    claim: LogClaim,
    store: JudgedStore,
    log: StoreLog,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    let token: string | undefined;
    for (let pages = 0; pages === 0 || token !== undefined; pages += 1) {
      if (pages >= this.limits.maxPages || progress.objects >= this.limits.maxObjects) {
        progress.isComplete = false;
        return;
      }
      signal.throwIfAborted();
      const after = claim.floorKey === '' ? undefined : claim.floorKey;
      const page = await this.client.list(log.place, log.prefix, { token, after, signal });
      token = page.nextToken;
      await this.readPage(claim, store, log, page.objects, progress, signal);
    }
  }

  // eslint-disable-next-line max-params -- one page of one sweep of one log
  private async readPage(
    claim: LogClaim,
    store: JudgedStore,
    log: StoreLog,
    objects: readonly StoredObject[],
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    const keys = objects.map(({ key }) => key);
    const settled = await this.positions.settled(this.database.manager, store.id, keys);
    const now = this.clock.now().getTime();
    for (const object of objects) {
      // What was written before the log was registered tells of nothing since.
      const isNews = object.lastModified >= claim.since && !settled.has(object.key);
      if (isNews && progress.objects >= this.limits.maxObjects) {
        progress.isComplete = false;
        return;
      }
      if (isNews) {
        await this.reading.read(claim, store, log, object, signal);
        progress.objects += 1;
      }
      progress.isFloorRising &&= object.lastModified.getTime() < now - LATE_OBJECT_MS;
      progress.floorKey = progress.isFloorRising ? object.key : progress.floorKey;
    }
  }

  private async postpone(claim: LogClaim, error: unknown, isStopping: boolean): Promise<void> {
    if (!isStopping) {
      const { storeId } = claim;
      this.log.warn({ msg: 'A log was not read', code: 'access_log_failed', storeId, err: error });
    }
    const fault = isConcordatError(error) ? error.message : 'Unexpected error';
    const dueAt = this.in(isStopping ? 0 : this.config.accessLogEverySeconds * 1000);
    const { manager } = this.database;
    await this.positions.postpone(manager, claim, dueAt, isStopping ? null : fault);
  }

  private in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}
