/** How long a stream may stand still before it is cut (grants-and-delivery section 4). */
export interface StreamLimits {
  /** The store gives nothing for so long. */
  readonly storeIdleMs: number;
  /** The window over which the caller's pace is measured, and the least of it. */
  readonly paceWindowMs: number;
  readonly paceBytesPerSecond: number;
}
export const StreamLimits = Symbol('StreamLimits');

export const STREAM_LIMITS: StreamLimits = {
  storeIdleMs: 30_000,
  paceWindowMs: 60_000,
  paceBytesPerSecond: 16 * 1024,
};
