import { sessionPolicyFault } from '../platform/object-store/session-policy.rules.js';
import type { AccessFacts } from '../requests/access-facts.js';

/** Seconds within which each mode ends after a revocation (grants-and-delivery section 4). */
const REVOCATION_BOUND_SECONDS = { stream: 1, presign: 120, sts: 900, feed: 1 } as const;
export type DeliveryMode = keyof typeof REVOCATION_BOUND_SECONDS;
const MAX_CLOCK_OFFSET_SECONDS = 30;
/** What a probe must have seen before a store's STS is believed. That ended credentials are refused, only a later one can see. */
const NEEDED_STS_CHECKS = ['sts_inside_allowed', 'sts_outside_refused', 'sts_sibling_refused'];

/** Why a mode of the agreement does not carry a grant. */
type ModeFault =
  | 'no_store'
  | 'not_available'
  | 'not_a_feed'
  | 'feed_only'
  | 'revocation_too_slow'
  | 'special_category'
  | 'location_not_disclosed'
  | 'budget'
  | 'clock_offset'
  | 'sts_not_proven'
  | 'sts_prefix'
  | 'dpop_not_agreed';

type Store = NonNullable<AccessFacts['store']>;

/** One mode of the agreement: whether it carries this grant, and if not, why. */
export interface JudgedMode {
  readonly mode: string;
  readonly fault: ModeFault | null;
}

/** The agreement's modes in its order, each judged by the agreement, the dataset and what the probe found of the store. */
export function judgeModes(facts: AccessFacts): readonly JudgedMode[] {
  return facts.agreement.terms.modes.map((mode) => ({ mode, fault: faultOf(mode, facts) ?? null }));
}

/** The modes this grant could use, in the agreement's order. */
export function fittingModes(facts: AccessFacts): readonly DeliveryMode[] {
  return judgeModes(facts)
    .filter(({ fault }) => fault === null)
    .map(({ mode }) => mode)
    .filter(isBuilt);
}

function faultOf(mode: string, facts: AccessFacts): ModeFault | undefined {
  if (!isBuilt(mode)) {
    return 'not_available';
  }
  const { store } = facts;
  if (store === null) {
    return 'no_store';
  }
  const isFeed = facts.dataset.kind === 'feed';
  if (isFeed !== (mode === 'feed')) {
    return isFeed ? 'feed_only' : 'not_a_feed';
  }
  if (REVOCATION_BOUND_SECONDS[mode] > facts.agreement.terms.maxRevocationSeconds) {
    return 'revocation_too_slow';
  }
  return mode === 'stream' || mode === 'feed'
    ? undefined
    : (directFault(facts, store) ?? (mode === 'sts' ? stsFault(facts, store) : undefined));
}

/** What keeps bytes from leaving the store without the broker. */
function directFault(
  { agreement, dataset, request }: AccessFacts,
  store: Store,
): ModeFault | undefined {
  const { items, maxBytes, maxDownloads } = agreement.terms;
  const item = items?.find(({ datasetId }) => datasetId === request.datasetId);
  if (item?.dataClass === 'special_category') {
    return 'special_category';
  }
  if (!dataset.disclosesLocation) {
    return 'location_not_disclosed';
  }
  if (maxBytes !== undefined || maxDownloads !== undefined) {
    return 'budget';
  }
  const offset = store.clockOffsetSeconds;
  const isOnTime = offset !== null && Math.abs(offset) <= MAX_CLOCK_OFFSET_SECONDS;
  return isOnTime ? undefined : 'clock_offset';
}

function stsFault({ agreement, dataset }: AccessFacts, store: Store): ModeFault | undefined {
  if (!agreement.terms.dpop) {
    return 'dpop_not_agreed';
  }
  if (dataset.prefix === null || sessionPolicyFault(dataset.prefix) !== undefined) {
    return 'sts_prefix';
  }
  const checks = store.stsChecks ?? {};
  const isProven =
    NEEDED_STS_CHECKS.every((name) => checks[name] === 'pass') &&
    !Object.values(checks).includes('fail');
  return isProven ? undefined : 'sts_not_proven';
}

function isBuilt(mode: string): mode is DeliveryMode {
  return Object.hasOwn(REVOCATION_BOUND_SECONDS, mode);
}
