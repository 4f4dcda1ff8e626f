import { isConcordatError } from '../kernel/errors.js';
import type { ProbeCheck } from '../platform/object-store/probe-check.js';
import type { ProbeResult } from '../platform/object-store/store-probe.js';
import {
  STORE_STATUSES,
  moveAfterProbe,
  moveStore,
  type StoreMove,
  type StoreStatus,
} from './store.rules.js';

const ALLOWED: Readonly<Record<string, StoreStatus>> = {
  'registered pass_probe': 'ready',
  'ready suspend': 'suspended',
  'suspended resume': 'ready',
  'registered retire': 'retired',
  'ready retire': 'retired',
  'suspended retire': 'retired',
};

describe('the life of a store', () => {
  const moves: readonly StoreMove[] = ['pass_probe', 'suspend', 'resume', 'retire'];
  const pairs = STORE_STATUSES.flatMap((from) =>
    moves.map((move) => ({ from, move, to: ALLOWED[`${from} ${move}`] ?? 'refused' })),
  );

  it.each(pairs)('$from + $move → $to', ({ from, move, to }) => {
    let result: string;
    try {
      result = moveStore(from, move);
    } catch (error) {
      result = isConcordatError(error, 'transition_not_allowed') ? 'refused' : 'another error';
    }
    expect(result).toBe(to);
  });
});

describe('what a probe does to a store', () => {
  const probed = (passed: boolean, failed: readonly string[]): ProbeResult => ({
    passed,
    clockOffsetSeconds: 0,
    session: null,
    checks: failed.map((name): ProbeCheck => ({ name, result: 'fail', detail: '' })),
  });

  it.each([
    ['registered', true, [], 'pass_probe'],
    ['registered', false, ['list'], undefined],
    ['registered', false, ['anonymous_refused'], undefined],
    ['ready', true, [], undefined],
    ['ready', false, ['list', 'get_range'], undefined],
    ['ready', false, ['clock_offset'], undefined],
    ['ready', false, ['anonymous_refused'], 'suspend'],
    ['ready', false, ['get_range', 'expired_url_refused'], 'suspend'],
    ['ready', false, ['sts_outside_refused'], undefined],
    ['suspended', true, [], undefined],
    ['suspended', false, ['forged_signature_refused'], undefined],
    ['retired', true, [], undefined],
  ] as const)('%s, passed: %s, failed: %j → %s', (from, passed, failed, move) => {
    expect(moveAfterProbe(from, probed(passed, failed))).toBe(move);
  });
});
