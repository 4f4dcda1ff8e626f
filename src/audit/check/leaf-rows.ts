import type { Session } from '../../platform/database/login-session.js';

/** What the database has of one place of the log. */
export interface LeafRow {
  readonly index: bigint;
  readonly placeHash: Buffer;
  /** Null when the event itself is gone. */
  readonly leaf: Buffer | null;
  readonly eventHash: Buffer | null;
}

export const LEAF_ROWS = `
  SELECT l.idx AS index, l.leaf_hash AS "placeHash", e.leaf, e.leaf_hash AS "eventHash"
  FROM log_leaf l LEFT JOIN audit_event e ON e.id = l.event_id
  WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx`;

/** The places from `from` to before `to`; those that are not there are left out. */
export async function leafRows(
  session: Session,
  from: bigint,
  to: bigint,
): Promise<ReadonlyMap<bigint, LeafRow>> {
  const { rows } = await session.query<Omit<LeafRow, 'index'> & { readonly index: string }>(
    LEAF_ROWS,
    [from.toString(), to.toString()],
  );
  return new Map(
    rows.map((row) => {
      const index = BigInt(row.index);
      return [index, { ...row, index }];
    }),
  );
}
