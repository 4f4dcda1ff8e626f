/** When a stream that should end or stands still is cut (grants-and-delivery section 4), and how many there may be. */
export interface StreamLimits {
  /** The store gives nothing for so long. */
  readonly storeIdleMs: number;
  /** The window over which the caller's pace is measured, and the least of it. */
  readonly paceWindowMs: number;
  readonly paceBytesPerSecond: number;
  /** How often a node asks about its streams, heard of a revocation or not. */
  readonly heartbeatMs: number;
  /** For so long streams go on without an answer. */
  readonly databaseLostMs: number;
  /** Open at once on one node, so that one grant or one person cannot take every connection of a store. */
  readonly streamsPerGrant: number;
  readonly streamsPerPerson: number;
}
export const StreamLimits = Symbol('StreamLimits');

export const STREAM_LIMITS: StreamLimits = {
  storeIdleMs: 30_000,
  paceWindowMs: 60_000,
  paceBytesPerSecond: 16 * 1024,
  heartbeatMs: 1_000,
  databaseLostMs: 5_000,
  streamsPerGrant: 16,
  streamsPerPerson: 32,
};
