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

/** The statement alone, for a caller that sends it with others. Holds only integers, so no parameters. */
export function lockStatement(mode: 'exclusive' | 'shared', locks: readonly Lock[]): string {
  const name = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  const calls = lockKeys(locks).map(([space, key]) => `${name}(${String(space)}, ${String(key)})`);
  return `SELECT ${calls.join(', ')}`;
}
