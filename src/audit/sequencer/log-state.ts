import type { Session } from '../../platform/database/login-session.js';
import type { Edge } from '../log/merkle.js';

const LEAVES_PER_PAGE = 8_192n;

/** The sequenced tree as the database has it. */
export interface LogState extends Edge {
  readonly root: Buffer;
  readonly epoch: string;
  readonly publishedSize: bigint;
  readonly publishedAt: Date;
}

interface StateRow {
  readonly size: string;
  readonly root: Buffer;
  readonly right_edge: Buffer[];
  readonly epoch: string;
  readonly published_size: string;
  readonly published_at: Date;
}

/** @returns undefined before the log was begun. */
export async function readLogState(
  session: Session,
  lock: '' | 'FOR UPDATE' = '',
): Promise<LogState | undefined> {
  const { rows } = await session.query<StateRow>(
    `SELECT size, root, right_edge, epoch, published_size, published_at FROM log_state WHERE id = 1 ${lock}`,
  );
  const [row] = rows;
  return (
    row && {
      size: BigInt(row.size),
      root: row.root,
      hashes: row.right_edge,
      epoch: row.epoch,
      publishedSize: BigInt(row.published_size),
      publishedAt: row.published_at,
    }
  );
}

/** Leaf hashes from an index on, in pages. */
export async function* leafPages(
  session: Session,
  from: bigint,
  to: bigint,
): AsyncGenerator<readonly Buffer[]> {
  for (let start = from; start < to; start += LEAVES_PER_PAGE) {
    const end = start + LEAVES_PER_PAGE < to ? start + LEAVES_PER_PAGE : to;
    const { rows } = await session.query<{ leaf_hash: Buffer }>(
      'SELECT leaf_hash FROM log_leaf WHERE idx >= $1 AND idx < $2 ORDER BY idx',
      [start.toString(), end.toString()],
    );
    yield rows.map(({ leaf_hash }) => leaf_hash);
  }
}
