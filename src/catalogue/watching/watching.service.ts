import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { StoreClient, type ObjectPage } from '../../platform/object-store/store-client.js';
import type { StoreLocation } from '../../platform/object-store/store-location.js';
import { StoreLocations } from '../../stores/store-locations.service.js';
import { sortOut } from '../sealing/manifest.rules.js';
import { WatchLimits } from './watch-limits.js';
import { WatchingRepository, type ListedPart, type Watch } from './watching.repository.js';

/**
 * Looks at the prefixes of feeds again and again, and numbers each (name, ETag) pair that was not there before, and each
 * object that is gone. A page is noted in one transaction under the feed's row: nothing is lost or numbered twice, with
 * two workers and after a crash in the middle.
 */
@Injectable()
export class Watching {
  private readonly log = new Logger(Watching.name);

  // eslint-disable-next-line max-params -- where from, where to, the limits and the two ports
  constructor(
    private readonly database: Database,
    private readonly repository: WatchingRepository,
    private readonly locations: StoreLocations,
    private readonly client: StoreClient,
    @Inject(WatchLimits) private readonly limits: WatchLimits,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Looks at every feed that is due, a few at once. @returns how many numbers were given. */
  async watchDue(signal?: AbortSignal): Promise<number> {
    await this.repository.enrol(this.database.manager, this.clock.now());
    let given = 0;
    const watchOneByOne = async (): Promise<void> => {
      while (signal?.aborted !== true) {
        const watch = await this.claim();
        if (!watch) {
          return;
        }
        given += await this.tryWatch(watch, signal);
      }
    };
    await Promise.all(Array.from({ length: this.limits.atOnce }, watchOneByOne));
    return given;
  }

  private claim(): Promise<Watch | undefined> {
    const now = this.clock.now();
    return this.database.transaction((tx) =>
      this.repository.claim(tx, this.ids.next(), now, this.in(this.limits.claimMs)),
    );
  }

  private async tryWatch(watch: Watch, stopping?: AbortSignal): Promise<number> {
    const deadline = AbortSignal.timeout(this.limits.attemptMs);
    const signal = AbortSignal.any(stopping ? [stopping, deadline] : [deadline]);
    try {
      const given = await this.watch(watch, signal);
      const due = this.in(this.limits.everyMs);
      await this.database.transaction((tx) =>
        this.repository.finish(tx, watch, this.clock.now(), due),
      );
      return given;
    } catch (error) {
      await this.postpone(watch, error, stopping?.aborted === true);
      return 0;
    }
  }

  private async watch(watch: Watch, signal: AbortSignal): Promise<number> {
    const location = await this.locations.locationOf(watch.storeId);
    let given = 0;
    for await (const part of this.parts(watch, location, signal)) {
      given += await this.note(watch, part);
    }
    return given;
  }

  /** The listing part by part, each complete: what is known and not in it is gone. */
  private async *parts(
    { datasetId, prefix }: Watch,
    location: StoreLocation,
    signal: AbortSignal,
  ): AsyncGenerator<ListedPart> {
    let token: string | undefined;
    let after = '';
    let listed = 0;
    do {
      signal.throwIfAborted();
      const page: ObjectPage = await this.client.list(location, prefix, { token, signal });
      token = page.nextToken;
      listed += Math.max(1, page.objects.length);
      requireWithin(listed, this.limits.maxObjects);
      requireInOrder(page, after === '' ? undefined : prefix + after);
      const { entries, skipped } = sortOut(prefix, page.objects);
      if (skipped.length > 0) {
        const count = skipped.length;
        this.log.warn({ msg: 'A feed skips objects', code: 'feed_skips', datasetId, count });
      }
      const last = page.objects.at(-1)?.key.slice(prefix.length) ?? after;
      yield { entries, after, upTo: token === undefined ? null : last };
      after = last;
    } while (token !== undefined);
  }

  private note(watch: Watch, part: ListedPart): Promise<number> {
    return this.database.transaction(async (tx) => {
      const lastNumber = await this.repository.hold(tx, watch, this.in(this.limits.claimMs));
      if (lastNumber === undefined) {
        // Another look has taken over: what this one listed may be older than what that one noted.
        throw new ConcordatError('precondition_failed');
      }
      return this.repository.note(tx, watch, part, lastNumber, this.clock.now());
    });
  }

  private async postpone(watch: Watch, error: unknown, isStopping: boolean): Promise<void> {
    const { datasetId } = watch;
    if (!isStopping) {
      this.log.warn({ msg: 'A feed was not watched', code: 'watch_failed', datasetId, err: error });
    }
    const fault = isConcordatError(error) ? error.message : 'Unexpected error';
    const dueAt = this.in(isStopping ? 0 : this.limits.everyMs);
    await this.repository.postpone(this.database.manager, watch, dueAt, isStopping ? null : fault);
  }

  private in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}

function requireWithin(listed: number, max: number): void {
  if (listed > max) {
    const detail = `The store lists more than ${String(max)} objects under the feed's prefix.`;
    throw new ConcordatError('store_failed', { detail });
  }
}

// A part says what is gone between two names: that is true only of a listing in byte order.
// The first may be the prefix itself: some consoles put an empty object there to show a folder.
function requireInOrder({ objects }: ObjectPage, after: string | undefined): void {
  let last = after === undefined ? undefined : Buffer.from(after);
  for (const { key } of objects) {
    const next = Buffer.from(key);
    if (last && Buffer.compare(last, next) >= 0) {
      const detail = 'The store lists its objects out of order.';
      throw new ConcordatError('store_failed', { detail });
    }
    last = next;
  }
}
