import { lockKeys, type Lock } from '../../kernel/lock-order.js';
import type { Tx } from './database.js';

/**
 * Takes advisory locks until the transaction ends, all in one statement that reads nothing else: a statement that locks
 * and reads sees the snapshot from before its wait. Take every lock of a transaction in one call.
 */
export async function takeLocks(
  tx: Tx,
  mode: 'exclusive' | 'shared',
  locks: readonly Lock[],
): Promise<void> {
  if (locks.length > 0) {
    await tx.query(lockStatement(mode, locks));
  }
}

/**
 * Takes one exclusive lock if it is free now, and never waits: what a job does where a row lock would `SKIP LOCKED`.
 * @returns false when somebody else holds it.
 */
export async function tryLock(tx: Tx, lock: Lock): Promise<boolean> {
  const [pair = []] = lockKeys([lock]);
  const [row] = await tx.query<{ taken: boolean }[]>(
    'SELECT pg_try_advisory_xact_lock($1::int, $2::int) AS taken',
    [...pair],
  );
  return row?.taken === true;
}

/** The statement alone, for a caller that sends it with others. Holds only integers, so no parameters. */
export function lockStatement(mode: 'exclusive' | 'shared', locks: readonly Lock[]): string {
  const name = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  const calls = lockKeys(locks).map(([space, key]) => `${name}(${String(space)}, ${String(key)})`);
  return `SELECT ${calls.join(', ')}`;
}
