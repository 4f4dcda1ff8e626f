import { createHash } from 'node:crypto';

/**
 * What advisory locks protect, in the one order in which every transaction takes them: a suspension (exclusive) and an
 * issue (shared) of the same thing then wait for each other and never deadlock. Policy is (1, 0) and last. The rows of
 * grants that a transaction ends are locked between store and closure, in the order of their ids.
 * @see grants-and-delivery section 1
 */
const LOCK_ORDER = {
  organisation: 2,
  agreement: 3,
  project: 4,
  person: 5,
  store: 6,
  closure: 7,
  reminder: 8,
  policy: 1,
} as const;

type LockKind = keyof typeof LOCK_ORDER;

export interface Lock {
  readonly kind: LockKind;
  /** The id of the thing; for `policy` and `reminder` the empty string. */
  readonly id: string;
}

/** The two int4 arguments of `pg_advisory_xact_lock`, sorted in the one order and without repeats. */
export function lockKeys(locks: readonly Lock[]): readonly (readonly [number, number])[] {
  const kinds = Object.keys(LOCK_ORDER);
  const keys = locks.map(({ kind, id }) => ({
    rank: kinds.indexOf(kind),
    space: LOCK_ORDER[kind],
    key: id === '' ? 0 : createHash('sha256').update(id).digest().readInt32BE(0),
  }));
  keys.sort((a, b) => a.rank - b.rank || a.key - b.key);
  return keys
    .filter(({ rank, key }, at) => rank !== keys[at - 1]?.rank || key !== keys[at - 1]?.key)
    .map(({ space, key }) => [space, key] as const);
}
