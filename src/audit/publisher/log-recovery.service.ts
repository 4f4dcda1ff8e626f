import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { rootOf, type Edge } from '../log/merkle.js';
import { readLogState, type LogState } from '../sequencer/log-state.js';
import { beginLog, placePublished } from '../sequencer/sequencer.js';
import type { Head } from './log-head.js';
import { LogHalt } from './log-halt.js';
import { LogHalts, type RecoveredPlaces } from './log-halts.service.js';
import { LogParts } from './log-parts.js';
import { LogStubs } from './log-stubs.service.js';
import { earlierEdge, publishedEntries, requireLeadsTo } from './published-entries.js';

/**
 * Brings a restored database back to what was published: every published leaf gets its place again, under the event that
 * still waits for it or under one without fields.
 * @see audit-log section 8
 */
@Injectable()
export class LogRecovery {
  constructor(
    @Inject(LogParts) private readonly parts: LogParts,
    private readonly halts: LogHalts,
    private readonly stubs: LogStubs,
    private readonly database: Database,
  ) {}

  /**
   * A run that was killed is gone on with by the next one: each bundle is a transaction, and the halt ends with the event.
   * @returns undefined when the database lacks nothing.
   * @throws LogHalt when the database is no beginning of what was published, which nothing was then done to.
   */
  async recover(): Promise<RecoveredPlaces | undefined> {
    const { head, tiles } = this.parts;
    const published = await head.read();
    const state = await this.beginning();
    if (state.size < published.size) {
      const edge = await this.requireBeginning(state, published);
      await requireLeadsTo(tiles, edge, published);
      // It is what makes a run that was killed known to the next, and keeps the workers away.
      await this.halts.halt(
        new LogHalt('log_behind', `recovery from ${state.size.toString()} events on`),
      );
      for await (const { from, leaves } of publishedEntries(tiles, state.size, published.size)) {
        await this.stubs.fill(from, leaves);
        await this.parts.unguardedSession.transaction((session) =>
          placePublished(session, from, leaves),
        );
      }
    }
    return this.finish(state.publishedSize, published);
  }

  private beginning(): Promise<LogState> {
    return this.parts.unguardedSession.transaction(async (session) => {
      await beginLog(session);
      const state = await readLogState(session);
      if (!state) {
        throw new Error('The log was not begun');
      }
      return state;
    });
  }

  private async requireBeginning(state: LogState, published: Head): Promise<Edge> {
    const edge = await earlierEdge(this.parts.tiles, published, state.size);
    if (!rootOf(edge).equals(state.root)) {
      throw new LogHalt(
        'log_behind',
        `the database's ${state.size.toString()} events are not the first that were published`,
      );
    }
    return edge;
  }

  private async finish(from: bigint, { size }: Head): Promise<RecoveredPlaces | undefined> {
    await this.parts.publisherSession.use(async (session) => {
      const state = await readLogState(session);
      if (state) {
        await this.parts.guard.check(session, state);
      }
    });
    return this.database.transaction(async (tx) => {
      const halt = await this.halts.open(tx);
      if (halt?.code !== 'log_behind' || from >= size) {
        return undefined;
      }
      const recovered = { from, to: size, stubs: await this.stubs.count(tx, from, size) };
      await this.halts.recovered(tx, recovered);
      return recovered;
    });
  }
}
