/** What one worker gives to the watching of feeds. */
export interface WatchLimits {
  /** From the end of one look to the next. */
  readonly everyMs: number;
  /** For one look as a whole, however slowly its store answers. */
  readonly attemptMs: number;
  /** Longer than any one request to a store with its retries: a look that is alive keeps its claim. */
  readonly claimMs: number;
  readonly atOnce: number;
  readonly maxObjects: number;
}
export const WatchLimits = Symbol('WatchLimits');

export const WATCH_LIMITS: WatchLimits = {
  everyMs: 30_000,
  attemptMs: 5 * 60_000,
  claimMs: 120_000,
  atOnce: 4,
  maxObjects: 1_000_000,
};
