/** Whether a store is asked: always, not for a while, or by one caller who tries. */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'trying';
  /** In a row. */
  readonly failures: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly openUntil: number;
}

export const CLOSED: Breaker = { state: 'closed', failures: 0, openUntil: 0 };
const FAILURES = 5;
const OPEN_MS = 5_000;
const MOST_OPEN_MS = 60_000;

export function isAdmitted({ state, openUntil }: Breaker, now: number): boolean {
  return state === 'closed' || (state === 'open' && now >= openUntil);
}

/** Five failures in a row cut a store off for five seconds; each try that fails doubles that, to a minute at most. */
export function afterAnswer(
  { state, failures, openUntil }: Breaker,
  verdict: 'well' | 'ill' | 'neutral',
  now: number,
): Breaker {
  if (verdict === 'well') {
    return CLOSED;
  }
  if (verdict === 'neutral') {
    // Whoever tried found nothing out: the next one may.
    return { state: state === 'trying' ? 'open' : state, failures, openUntil };
  }
  const count = failures + 1;
  if (count < FAILURES) {
    return { state: 'closed', failures: count, openUntil: 0 };
  }
  const open = Math.min(MOST_OPEN_MS, OPEN_MS * 2 ** Math.min(10, count - FAILURES));
  // Those that were under way when it was cut off make it no longer.
  return state === 'open'
    ? { state, failures, openUntil }
    : { state: 'open', failures: count, openUntil: now + open };
}
