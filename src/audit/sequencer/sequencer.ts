import type { LoginSession, Session } from '../../platform/database/login-session.js';
import { EMPTY_ROOT, extendEdge, leafHash, rootOf } from '../log/merkle.js';
import { readLogState, type LogState } from './log-state.js';

/** How many events one transaction may give their places. */
export const BATCH = 1_024;

const TAKE = `
  WITH batch AS (
    DELETE FROM audit_pending WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM audit_pending ORDER BY enqueued_at, event_id LIMIT ${String(BATCH)}))
    RETURNING event_id, enqueued_at)
  SELECT e.id, e.leaf, e.leaf_hash FROM batch b JOIN audit_event e ON e.id = b.event_id
  ORDER BY b.enqueued_at, b.event_id`;
const WAITING = `
  SELECT e.id, e.leaf, e.leaf_hash FROM audit_pending p JOIN audit_event e ON e.id = p.event_id
  WHERE e.leaf_hash = ANY($1::bytea[])`;
const PLACE = `
  INSERT INTO log_leaf (idx, event_id, leaf_hash)
  SELECT $1::bigint + o - 1, id, h FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS t(id, h, o)`;
const ADVANCE = `
  UPDATE log_state SET size = $1::bigint + $2, root = $3, right_edge = $4, epoch = epoch + 1
  WHERE id = 1 AND size = $1 AND epoch = $5`;

interface PendingRow {
  readonly id: string;
  readonly leaf: Buffer;
  readonly leaf_hash: Buffer;
}

/**
 * Gives every committed event its place in the log (A4). A set and a counter that is locked lose nothing; a cursor over ids
 * would pass over those that commit late.
 * @see audit-log section 7
 */
export class Sequencer {
  constructor(private readonly session: LoginSession) {}

  /** @returns how many events were placed: less than `BATCH` when none wait any more. */
  async sequence(): Promise<number> {
    return this.session.transaction((session) => placePending(session));
  }
}

/** The log's beginning, once: from then on a log that stands still stops all grants (A8). */
export async function beginLog(session: Session): Promise<void> {
  await session.query(
    `INSERT INTO log_state VALUES (1, 0, $1, '{}', 0, 0, now()) ON CONFLICT DO NOTHING`,
    [EMPTY_ROOT],
  );
}

async function placePending(session: Session): Promise<number> {
  const state = await readLogState(session, 'FOR UPDATE');
  if (!state) {
    throw new Error('The log was not begun');
  }
  const { rows } = await session.query<PendingRow>(TAKE);
  if (rows.length === 0) {
    return 0;
  }
  return placeRows(session, state, rows);
}

/**
 * Gives waiting events the places that their leaves were published at.
 * @param from where the first belongs; nothing happens when the tree has another size by now.
 */
export async function placePublished(
  session: Session,
  from: bigint,
  leaves: readonly Buffer[],
): Promise<void> {
  const state = await readLogState(session, 'FOR UPDATE');
  if (state?.size !== from) {
    return;
  }
  const { rows } = await session.query<PendingRow>(WAITING, [leaves.map(leafHash)]);
  const byLeaf = new Map(rows.map((row) => [row.leaf.toString('latin1'), row]));
  const placed = leaves.map((leaf) => {
    const row = byLeaf.get(leaf.toString('latin1'));
    if (!row) {
      throw new Error(`No event waits for a place from ${from.toString()} on`);
    }
    return row;
  });
  await session.query('DELETE FROM audit_pending WHERE event_id = ANY($1::uuid[])', [
    placed.map(({ id }) => id),
  ]);
  await placeRows(session, state, placed);
}

/** Appends these events, in this order, to the tree that `state` is. */
async function placeRows(
  session: Session,
  state: LogState,
  rows: readonly PendingRow[],
): Promise<number> {
  const hashes = rows.map(({ id, leaf, leaf_hash: stored }) => {
    const hash = leafHash(leaf);
    if (!hash.equals(stored)) {
      throw new Error(`The leaf of event ${id} is not what its hash says`);
    }
    return hash;
  });
  const next = extendEdge(state, hashes);
  const size = state.size.toString();
  await session.query(PLACE, [size, rows.map(({ id }) => id), hashes]);
  const { rowCount } = await session.query(ADVANCE, [
    size,
    rows.length,
    rootOf(next),
    next.hashes,
    state.epoch,
  ]);
  if (rowCount !== 1) {
    throw new Error('Another sequencer was faster');
  }
  return rows.length;
}
