/** What one worker gives to the reading of stores' access logs. */
export interface LogLimits {
  /** For one store as a whole, however slowly it answers. */
  readonly attemptMs: number;
  /** Longer than any request to a store with its retries. */
  readonly claimMs: number;
  readonly atOnce: number;
  /** Log objects read in one go; the rest waits for the next. */
  readonly maxObjects: number;
  /** Pages of their list. */
  readonly maxPages: number;
  readonly maxObjectBytes: number;
  /** Reads judged in one transaction. */
  readonly readsAtOnce: number;
  /** Events written in one transaction. */
  readonly groupsAtOnce: number;
}
export const LogLimits = Symbol('LogLimits');

export const LOG_LIMITS: LogLimits = {
  attemptMs: 10 * 60_000,
  claimMs: 120_000,
  atOnce: 2,
  maxObjects: 2_000,
  maxPages: 200,
  maxObjectBytes: 64 * 1024 * 1024,
  readsAtOnce: 500,
  groupsAtOnce: 100,
};

/** A log object may come to be listed before one that was there already, if it is not older than this. */
export const LATE_OBJECT_MS = 6 * 3_600_000;
/** Reads are kept for the report for so long; a line that is older is not looked at. */
export const KEPT_DAYS = 90;
