import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { HarvestLimits } from './harvest-limits.js';
import { Intake } from './intake.service.js';
import { SourceFault } from './reading/source-fault.js';
import type { SourcePage } from './reading/source-page.js';
import { SourcePages } from './reading/source-pages.service.js';
import { RunEnds } from './run-ends.service.js';
import { RunsRepository, type Turn, type TurnSource } from './runs.repository.js';

const HOUR_MS = 3_600_000;

/**
 * Reads the sources that are due, page by page. A page, its events and the place where the next one is commit together: after
 * a crash the run goes on there. The row of the source is claimed, so that of any number of workers one reads it.
 */
@Injectable()
export class Harvesting {
  private readonly log = new Logger(Harvesting.name);

  // eslint-disable-next-line max-params -- where from, where to, the end, the limits and the two ports
  constructor(
    private readonly database: Database,
    private readonly runs: RunsRepository,
    private readonly pages: SourcePages,
    private readonly intake: Intake,
    private readonly ends: RunEnds,
    @Inject(HarvestLimits) private readonly limits: HarvestLimits,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Gives each source that is due a turn, a few at once. @returns how many turns there were. */
  async harvestDue(stopping?: AbortSignal): Promise<number> {
    let turns = 0;
    const oneByOne = async (): Promise<void> => {
      while (stopping?.aborted !== true) {
        const turn = await this.claim();
        if (!turn) {
          return;
        }
        turns += 1;
        await this.takeTurn(turn, stopping);
      }
    };
    await Promise.all(Array.from({ length: this.limits.atOnce }, oneByOne));
    return turns;
  }

  private claim(): Promise<Turn | undefined> {
    return this.database.transaction(async (tx) => {
      const [claim, now] = [this.ids.next(), this.clock.now()];
      const source = await this.runs.claim(tx, claim, now, this.in(this.limits.claimMs));
      if (!source) {
        return undefined;
      }
      const open = await this.runs.goOn(tx, source.id);
      if (open) {
        return { ...open, claim, source };
      }
      const isFull = this.isFullDue(source, now);
      const runId = this.ids.next();
      await this.runs.begin(tx, runId, source.id, isFull, now);
      const fresh = { isFull, cursor: null, isAllRead: false, attempts: 1, startedAt: now };
      return { ...fresh, claim, runId, source };
    });
  }

  // Only a reading of everything tells what is missing; between two of them it is enough to ask what has changed.
  private isFullDue({ isFullDue, fullReadAt, readFrom }: TurnSource, now: Date): boolean {
    const age = fullReadAt === null ? Infinity : now.getTime() - fullReadAt.getTime();
    return isFullDue || readFrom === null || age >= this.limits.fullEveryMs;
  }

  private async takeTurn(turn: Turn, stopping?: AbortSignal): Promise<void> {
    const turnEnd = AbortSignal.timeout(this.limits.turnMs);
    const signal = AbortSignal.any(stopping ? [stopping, turnEnd] : [turnEnd]);
    try {
      const etag = turn.isAllRead ? null : await this.readPages(turn, signal);
      await this.ends.complete(turn, etag, signal);
      await this.release(turn, turn.source.everyHours * HOUR_MS);
    } catch (error) {
      if (isConcordatError(error, 'precondition_failed')) {
        // Another turn has taken over, or somebody stopped the source.
        return;
      }
      const isOver = signal.aborted && !(error instanceof SourceFault);
      await (isOver ? this.release(turn, 0) : this.postpone(turn, error));
    }
  }

  private async readPages(turn: Turn, signal: AbortSignal): Promise<string | null> {
    const { source, isFull, cursor } = turn;
    let etag: string | null = null;
    const reading = {
      ...{ url: source.url, cursor, etag: isFull ? null : source.etag, signal },
      since: isFull ? null : source.readFrom,
    };
    let isNews = false;
    for await (const page of this.pages.read(source.format, reading)) {
      isNews = await this.takePage(turn, page, isNews);
      isNews &&= !page.hasTurned;
      etag = page.etag;
      signal.throwIfAborted();
    }
    return etag;
  }

  /** @param wasNews of the parts of this page before. @returns whether it has anything that the run had not met. */
  private takePage(turn: Turn, page: SourcePage, wasNews: boolean): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if (!(await this.runs.hold(tx, turn, this.in(this.limits.claimMs)))) {
        throw new ConcordatError('precondition_failed');
      }
      const { counts, entries, isNews } = await this.intake.take(tx, turn, page.records);
      if (page.hasTurned && !isNews && !wasNews) {
        throw new SourceFault('turns pages in a circle: one has nothing that was not on another');
      }
      const seen = await this.runs.note(tx, turn.runId, { ...page, isNews }, counts, entries);
      if (seen > this.limits.maxRecords) {
        throw new SourceFault(`has more than ${String(this.limits.maxRecords)} records`);
      }
      return isNews || wasNews;
    });
  }

  private async postpone(turn: Turn, error: unknown): Promise<void> {
    const { id: sourceId } = turn.source;
    const isFault = error instanceof SourceFault;
    const fault = isFault ? error.reason : 'could not be taken in: unexpected error';
    if (!isFault) {
      this.log.warn({ msg: 'A harvest failed', code: 'harvest_failed', sourceId, err: error });
    }
    const isLast = turn.attempts >= this.limits.attempts || (isFault && error.isFinal);
    if (isLast) {
      await this.ends.fail(turn, fault);
    }
    await this.release(turn, isLast ? turn.source.everyHours * HOUR_MS : this.limits.retryMs);
  }

  private release(turn: Turn, waitMs: number): Promise<void> {
    return this.runs.release(this.database.manager, turn, this.clock.now(), this.in(waitMs));
  }

  private in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}
