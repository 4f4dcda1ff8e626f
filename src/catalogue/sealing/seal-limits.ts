/** What one worker gives to seals. */
export interface SealLimits {
  /** For one attempt as a whole, however slowly its store answers. */
  readonly attemptMs: number;
  /** Attempts at the same time, each on another store. */
  readonly atOnce: number;
}
export const SealLimits = Symbol('SealLimits');

export const SEAL_LIMITS: SealLimits = { attemptMs: 15 * 60_000, atOnce: 4 };
