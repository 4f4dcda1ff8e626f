import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { StoreClient, type StoredObject } from '../../platform/object-store/store-client.js';
import type { StoreLog } from '../../stores/store-locations.service.js';
import { MAX_LINE_CHARACTERS, parseLogLine } from './access-log.rules.js';
import { linesOf } from './log-lines.js';
import { KEPT_DAYS, LogLimits } from './log-limits.js';
import { LogPositionsRepository } from './log-positions.repository.js';
import { readOf, type StoreRead } from './matching.rules.js';
import type { LogClaim } from './observed.types.js';
import { ReadJudging, type JudgedStore } from './read-judging.service.js';

const DAY_MS = 86_400_000;

interface Part {
  readonly reads: StoreRead[];
  lines: number;
  unreadable: number;
  newestAt: Date | null;
}

/** Reads one log object line by line. What a part of it tells is kept with the count of its lines, in one transaction. */
@Injectable()
export class LogReading {
  private readonly log = new Logger(LogReading.name);

  // eslint-disable-next-line max-params -- where from, where to, the limits and the clock
  constructor(
    private readonly database: Database,
    private readonly client: StoreClient,
    private readonly positions: LogPositionsRepository,
    private readonly judging: ReadJudging,
    @Inject(LogLimits) private readonly limits: LogLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Read again after a crash in the middle, it keeps what it had not kept: reads are known by their request ids.
   * @throws ConcordatError `precondition_failed` when another worker has taken the log over, and what the store's client
   * throws, but for an object that is gone or too large: that is settled as unread.
   */
  async read(
    claim: LogClaim,
    store: JudgedStore,
    log: StoreLog,
    { key }: StoredObject,
    signal: AbortSignal,
  ): Promise<void> {
    const isRead = await this.readLines(claim, store, log, key, signal).catch((error: unknown) => {
      if (error instanceof RangeError || isConcordatError(error, 'not_found')) {
        this.log.warn({
          msg: 'A log object was not read',
          code: 'log_object_unread',
          storeId: store.id,
        });
        return false;
      }
      throw error;
    });
    if (!isRead) {
      await this.commit(claim, store, newPart(), { key, isRead });
    }
  }

  private async readLines(
    claim: LogClaim,
    store: JudgedStore,
    { place }: StoreLog,
    key: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { body } = await this.client.get(place, { key, signal }, 'question');
    const part = newPart();
    try {
      for await (const line of linesOf(body as AsyncIterable<Buffer>, this.limits.maxObjectBytes)) {
        signal.throwIfAborted();
        this.add(part, claim, store, line);
        if (part.reads.length >= this.limits.readsAtOnce) {
          // The counts come with the last part, so that an object that is read again is counted once.
          await this.commit(claim, store, { ...newPart(), reads: part.reads.splice(0) });
        }
      }
    } finally {
      body.destroy();
    }
    await this.commit(claim, store, part, { key, isRead: true });
    return true;
  }

  private add(part: Part, { since }: LogClaim, { bucket }: JudgedStore, text: string): void {
    const line = parseLogLine(text.endsWith('\r') ? text.slice(0, -1) : text);
    part.lines += 1;
    if (!line) {
      part.unreadable += 1;
      return;
    }
    part.newestAt = part.newestAt && part.newestAt > line.at ? part.newestAt : line.at;
    const read = readOf(line, bucket, digestOf(text));
    const oldest = this.clock.now().getTime() - KEPT_DAYS * DAY_MS;
    if (read && read.at >= since && read.at.getTime() >= oldest) {
      part.reads.push(read);
    }
  }

  private async commit(
    claim: LogClaim,
    store: JudgedStore,
    part: Part,
    settled?: { readonly key: string; readonly isRead: boolean },
  ): Promise<void> {
    const retryAt = new Date(this.clock.now().getTime() + this.limits.claimMs);
    await this.database.transaction(async (tx) => {
      if (!(await this.positions.hold(tx, claim, retryAt))) {
        throw new ConcordatError('precondition_failed');
      }
      await this.judging.keep(tx, store, part.reads);
      if (settled) {
        await this.positions.add(tx, store.id, part);
        await this.positions.settle(tx, store.id, settled.key, settled.isRead);
      }
    });
  }
}

function newPart(): Part {
  return { reads: [], lines: 0, unreadable: 0, newestAt: null };
}

/** Stands for a request without an id; the line itself may hold a signature, and is kept nowhere. */
function digestOf(line: string): string {
  return `line-${createHash('sha256').update(line.slice(0, MAX_LINE_CHARACTERS)).digest('hex')}`;
}
