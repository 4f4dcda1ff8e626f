import { ConcordatError } from '../kernel/errors.js';
import type { ProbeResult } from '../platform/object-store/store-probe.js';

export const STORE_STATUSES = ['registered', 'ready', 'suspended', 'retired'] as const;
export type StoreStatus = (typeof STORE_STATUSES)[number];
export type StoreMove = 'pass_probe' | 'suspend' | 'resume' | 'retire';

interface Transition {
  readonly from: readonly StoreStatus[];
  readonly to: StoreStatus;
}

/** domain.md section 3, "Store and dataset". */
export const STORE_TRANSITIONS: Readonly<Record<StoreMove, Transition>> = {
  pass_probe: { from: ['registered'], to: 'ready' },
  suspend: { from: ['ready'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'ready' },
  retire: { from: ['registered', 'ready', 'suspended'], to: 'retired' },
};

function canMoveStore(from: StoreStatus, move: StoreMove): boolean {
  return STORE_TRANSITIONS[move].from.includes(from);
}

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveStore(from: StoreStatus, move: StoreMove): StoreStatus {
  if (!canMoveStore(from, move)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return STORE_TRANSITIONS[move].to;
}

/**
 * What a probe does to a store: a pass makes a new one ready; a `*_refused` check that failed means that others may read
 * its data, and suspends it. Any other failure leaves the status and closes the store to new grants by its result alone.
 * @see grants-and-delivery section 6
 */
export function moveAfterProbe(from: StoreStatus, result: ProbeResult): StoreMove | undefined {
  const move = failedSecurityChecks(result).length > 0 ? 'suspend' : 'pass_probe';
  return (move === 'suspend' || result.passed) && canMoveStore(from, move) ? move : undefined;
}

/** Names of the failed checks that show a store to be open. A failed `sts_*` only closes the `sts` mode. */
export function failedSecurityChecks({ checks }: ProbeResult): readonly string[] {
  return failedChecks({ checks }).filter(
    (name) => name.endsWith('_refused') && !name.startsWith('sts_'),
  );
}

export function failedChecks({ checks }: Pick<ProbeResult, 'checks'>): readonly string[] {
  return checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
}
