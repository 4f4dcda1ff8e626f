import type { Session } from '../../platform/database/login-session.js';
import { extendEdge, rootOf, type Edge } from '../log/merkle.js';
import { leafPages, type LogState } from '../sequencer/log-state.js';
import type { Head, LogHead } from './log-head.js';
import { LogHalt } from './log-halt.js';
import type { TileStore } from './tile-store.js';

/**
 * Whether the database still continues what was published: a restored, rolled back or forked one does not. It starts
 * from the published tiles, adds the database's later leaves and has to arrive at the database's root.
 */
export class LogGuard {
  constructor(
    private readonly tiles: TileStore,
    private readonly head: LogHead,
  ) {}

  /**
   * @returns what is published, with the edge of its tree.
   * @throws LogHalt `log_behind`, or `log_tile_conflict` when the tiles are not those of the head.
   */
  async check(
    session: Session,
    state: LogState,
  ): Promise<{ readonly head: Head; readonly edge: Edge }> {
    const head = await this.head.read();
    const { size, root } = head;
    if (state.size < size) {
      const sizes = `${state.size.toString()} events, of ${size.toString()} that are published`;
      throw new LogHalt('log_behind', `the database has ${sizes}`);
    }
    const edge = await this.tiles.tree(size).edge();
    if (!rootOf(edge).equals(root)) {
      throw new LogHalt(
        'log_tile_conflict',
        `the tiles of size ${size.toString()} have another root`,
      );
    }
    let grown = edge;
    for await (const leaves of leafPages(session, size, state.size)) {
      grown = extendEdge(grown, leaves);
    }
    if (grown.size !== state.size || !rootOf(grown).equals(state.root)) {
      throw new LogHalt('log_behind', `the database does not continue size ${size.toString()}`);
    }
    return { head, edge };
  }
}
