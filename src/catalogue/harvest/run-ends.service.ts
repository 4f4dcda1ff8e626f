import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { HarvestLimits } from './harvest-limits.js';
import { aboutRecord } from './record-writing.service.js';
import { RecordsRepository } from './records.repository.js';
import { RunsRepository, type PageCounts, type Turn } from './runs.repository.js';

const AT_ONCE = 200;
const NONE: PageCounts = {
  ...{ seen: 0, added: 0, changed: 0, unchanged: 0, refused: 0 },
  ...{ duplicates: 0, vanished: 0, returned: 0 },
};
const NOT_MET = { pointer: '', reason: 'is no longer in the source' };
const SOURCE_GONE = { pointer: '', reason: 'is of a source that cannot be read any more' };

/** Ends a run. What is gone from a source stays in the catalogue, marked: nobody deletes what somebody may have used. */
@Injectable()
export class RunEnds {
  // eslint-disable-next-line max-params -- the rows of runs and of records, the trail, the limits and the clock
  constructor(
    private readonly database: Database,
    private readonly runs: RunsRepository,
    private readonly records: RecordsRepository,
    private readonly audit: AuditService,
    @Inject(HarvestLimits) private readonly limits: HarvestLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Everything was read that was asked for: what a full reading did not meet is gone. */
  async complete(turn: Turn, etag: string | null, signal: AbortSignal): Promise<void> {
    const run = await this.runs.find(this.database.manager, turn.runId);
    // While its numbers change under the reading, a record may have moved to a page that was read before.
    const isFull = run?.isFull === true;
    if (isFull && run.isSteady) {
      await this.vanishAll(turn, turn.runId, signal);
    }
    await this.end(turn, 'completed', null, (tx) => this.runs.noteRead(tx, turn, isFull, etag));
  }

  /** @param fault why, in words for whoever registered the source. */
  async fail(turn: Turn, fault: string): Promise<void> {
    if (turn.source.failures + 1 >= this.limits.failures) {
      await this.vanishAll(turn, null);
    }
    await this.end(turn, 'failed', fault);
  }

  private async end(
    turn: Turn,
    outcome: 'completed' | 'failed',
    fault: string | null,
    alongside: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const now = this.clock.now();
    await this.held(turn, async (tx) => {
      const run = await this.runs.find(tx, turn.runId);
      await this.audit.record(tx, `harvest.${outcome}`, {
        ...BROKER_ACTOR,
        organisationIds: [turn.source.organisationId],
        targetType: 'harvest_run',
        targetId: turn.runId,
        reasonCodes: [turn.source.id],
        count: run?.seen ?? 0,
      });
      await this.runs.end(tx, turn, { outcome, fault, now });
      await this.runs.forgetOld(tx, turn.source.id, this.limits.keptRuns);
      await alongside(tx);
    });
  }

  /** @param runId of which those are meant that it did not meet; null: all of the source's. */
  private async vanishAll(turn: Turn, runId: string | null, signal?: AbortSignal): Promise<void> {
    let marked: number;
    do {
      signal?.throwIfAborted();
      marked = await this.held(turn, (tx) => this.vanishSome(tx, turn, runId));
    } while (marked === AT_ONCE);
  }

  private async vanishSome(tx: Tx, turn: Turn, runId: string | null): Promise<number> {
    const gone = await this.records.toVanish(tx, turn.source.id, runId, AT_ONCE);
    const about = gone.map((dataset) => ({
      ...aboutRecord(dataset),
      reasonCodes: [runId === null ? 'source_gone' : turn.runId],
    }));
    const events = await this.audit.recordAll(tx, 'dataset.origin-vanished', about);
    const ids = gone.map(({ id }) => id);
    await this.records.vanish(tx, ids, events, this.clock.now());
    const reasons = [runId === null ? SOURCE_GONE : NOT_MET];
    const entries = gone.map(({ id, identifier, title }) => ({
      ...{ change: 'vanished' as const, identifier, title, datasetId: id, sameAs: null, reasons },
    }));
    await this.runs.add(tx, turn.runId, { ...NONE, vanished: gone.length }, entries);
    return gone.length;
  }

  private held<T>(turn: Turn, work: (tx: Tx) => Promise<T>): Promise<T> {
    const retryAt = new Date(this.clock.now().getTime() + this.limits.claimMs);
    return this.database.transaction(async (tx) => {
      if (!(await this.runs.hold(tx, turn, retryAt))) {
        throw new ConcordatError('precondition_failed');
      }
      return work(tx);
    });
  }
}
