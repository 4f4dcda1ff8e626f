import type { Clock } from '../../kernel/clock.js';
import type { LoginSession, Session } from '../../platform/database/login-session.js';
import { checkpointText, type Checkpoint } from '../log/checkpoint.js';
import { extendEdge, rootOf, type Edge } from '../log/merkle.js';
import { signNote, verifierKey, type NoteSigner } from '../log/note.js';
import { RecheckError, recheckGrowth } from '../log/recheck.js';
import { leafPages, readLogState } from '../sequencer/log-state.js';
import type { LogGuard } from './log-guard.js';
import type { Head, LogHead } from './log-head.js';
import { LogHalt } from './log-halt.js';
import { writeTiles } from './tile-writer.js';
import type { TileStore } from './tile-store.js';

/** How often a log that does not grow says that it is there. */
const QUIET_MS = 600_000;
/** How many events one checkpoint may add: what is read again before it is signed is bounded. */
const GROWTH = 65_536n;

export type Published = 'published' | 'unchanged' | 'overtaken';

/** Makes the sequenced events public: tiles, then a signed checkpoint, in an order that any fall leaves explainable. */
export class Publisher {
  // Its parts, made in one place.
  // eslint-disable-next-line max-params -- a struct of them would only rename them
  constructor(
    private readonly session: LoginSession,
    private readonly tiles: TileStore,
    private readonly head: LogHead,
    private readonly guard: LogGuard,
    private readonly signers: readonly NoteSigner[],
    private readonly clock: Clock,
  ) {}

  /**
   * One run: guard, tiles, recheck, compare-and-swap, signature, checkpoint, note (audit-log section 8).
   * @throws LogHalt when nothing may be signed any more.
   */
  async publish(): Promise<Published> {
    return this.session.use(async (session) => {
      const startedAt = this.clock.now();
      const state = await readLogState(session);
      if (!state) {
        return 'unchanged';
      }
      const isQuiet = startedAt.getTime() - state.publishedAt.getTime() < QUIET_MS;
      if (state.size === state.publishedSize && isQuiet) {
        return 'unchanged';
      }
      const oldest = await oldestPending(session);
      const { head, edge } = await this.guard.check(session, state);
      // A fall between steps 4 and 5: the same text gives the same signature.
      let size = head.size;
      if (state.size > size) {
        const target = state.size - size > GROWTH ? size + GROWTH : state.size;
        const root = await this.prepare(session, head, edge, target);
        if (!(await this.head.advance(head, target, root))) {
          return 'overtaken';
        }
        size = target;
        await this.sign({ ...head, size, root });
      } else {
        await this.sign(head);
      }
      await note(session, size, oldest && oldest < startedAt ? oldest : startedAt);
      return 'published';
    });
  }

  /** Steps 2 and 3. @returns the root of the tree at `size`, as two computations have it. */
  private async prepare(session: Session, head: Head, edge: Edge, size: bigint): Promise<Buffer> {
    await writeTiles(session, this.tiles, head.size, size);
    let grown = edge;
    for await (const leaves of leafPages(session, head.size, size)) {
      grown = extendEdge(grown, leaves);
    }
    const root = rootOf(grown);
    const stored = await this.recheck(head.size, size);
    if (!stored.after.equals(root) || !stored.before.equals(head.root)) {
      throw new LogHalt(
        'log_recheck_failed',
        `the stored tiles of size ${size.toString()} have another root`,
      );
    }
    return root;
  }

  private async recheck(before: bigint, after: bigint): ReturnType<typeof recheckGrowth> {
    try {
      return await recheckGrowth((path) => this.tiles.read(path), before, after);
    } catch (error) {
      if (error instanceof RecheckError) {
        throw new LogHalt('log_recheck_failed', error.message);
      }
      throw error;
    }
  }

  private async sign(checkpoint: Checkpoint): Promise<void> {
    await this.tiles.publishKeys(this.signers.map((key) => `${verifierKey(key)}\n`).join(''));
    await this.tiles.publish(signNote(checkpointText(checkpoint), this.signers), checkpoint);
  }
}

async function oldestPending(session: Session): Promise<Date | undefined> {
  const { rows } = await session.query<{ at: Date | null }>(
    'SELECT min(enqueued_at) AS at FROM audit_pending',
  );
  return rows[0]?.at ?? undefined;
}

async function note(session: Session, size: bigint, at: Date): Promise<void> {
  await session.query(
    `UPDATE log_state SET published_size = greatest(published_size, $1), published_at = greatest(published_at, $2)
     WHERE id = 1`,
    [size.toString(), at],
  );
}
