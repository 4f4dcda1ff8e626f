const WARM_UP_MS = 500;
const TIMED_MS = 2_500;
/** However long one answer takes, so many are timed. */
const LEAST = 20;

/** Microseconds for one answer. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}

/** Times the calls one by one, round and round. */
export function measure(calls: readonly (() => boolean)[]): Times {
  time(calls, WARM_UP_MS);
  const times = time(calls, TIMED_MS).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length;
  return { p50: at(0.5), p99: at(0.99), mean };
}

function time(calls: readonly (() => boolean)[], forMs: number): number[] {
  const times: number[] = [];
  const end = performance.now() + forMs;
  for (let at = 0; performance.now() < end || times.length < LEAST; at = (at + 1) % calls.length) {
    const call = calls[at] as () => boolean;
    const startedAt = process.hrtime.bigint();
    call();
    times.push(Number(process.hrtime.bigint() - startedAt) / 1_000);
  }
  return times;
}
