import type { Clock } from '../../kernel/clock.js';
import type { LoginSession, Session } from '../../platform/database/login-session.js';
import { fullTilesSince } from '../log/tiles.js';
import { readLogState } from '../sequencer/log-state.js';
import type { TileStore } from './tile-store.js';

const HOUR_MS = 3_600_000;
const KEPT_MS = 24 * HOUR_MS;
/** Events whose tiles are gone through before it is written down how far it came. */
const STEP = 65_536n;

const NEWEST = `SELECT size, seen_at FROM log_growth ORDER BY size DESC LIMIT 1`;
const NOTE = `INSERT INTO log_growth (size, seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`;
const DUE = `SELECT max(size) FILTER (WHERE partials_removed) AS done, max(size) FILTER (WHERE seen_at <= $1) AS due
  FROM log_growth`;
const CAME_TO = `INSERT INTO log_growth (size, seen_at, partials_removed) VALUES ($1, $2, true)
  ON CONFLICT (size) DO UPDATE SET partials_removed = true`;
const FORGET = `DELETE FROM log_growth WHERE size < $1`;

/**
 * Removes partial tiles and bundles a day after the full one came, and nothing else. Whoever still wants one reads the full
 * one, which begins with the same bytes.
 * @see audit-log section 4
 */
export class PartialTiles {
  constructor(
    private readonly session: LoginSession,
    private readonly tiles: TileStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes how large the log is, and removes what is due. One that was killed is gone on with by the next.
   * @returns how many objects were removed.
   * @throws LogHalt `log_tile_conflict` for a full tile that is missing, or does not begin as the partial one.
   */
  async remove(signal?: AbortSignal): Promise<number> {
    const now = this.clock.now();
    const { from, to } = await this.session.use(async (session) => {
      await noteSize(session, now);
      return due(session, new Date(now.getTime() - KEPT_MS));
    });
    let removed = 0;
    for (let done = from; done < to && signal?.aborted !== true;) {
      const next = done + STEP < to ? done + STEP : to;
      for (const name of fullTilesSince(done, next)) {
        removed += await this.tiles.removePartials(name);
      }
      await this.session.use(async (session) => {
        await session.query(CAME_TO, [next.toString(), now]);
        await session.query(FORGET, [next.toString()]);
      });
      done = next;
    }
    return removed;
  }
}

async function noteSize(session: Session, now: Date): Promise<void> {
  const state = await readLogState(session);
  const { rows } = await session.query<{ size: string; seen_at: Date }>(NEWEST);
  const [newest] = rows;
  const isLater = !newest || now.getTime() - newest.seen_at.getTime() >= HOUR_MS;
  if (state && isLater && state.publishedSize > BigInt(newest?.size ?? 0)) {
    await session.query(NOTE, [state.publishedSize.toString(), now]);
  }
}

async function due(session: Session, before: Date): Promise<{ from: bigint; to: bigint }> {
  const { rows } = await session.query<{ done: string | null; due: string | null }>(DUE, [before]);
  const [row] = rows;
  return { from: BigInt(row?.done ?? 0), to: BigInt(row?.due ?? 0) };
}
