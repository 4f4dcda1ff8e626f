/** How feeds are followed (grants-and-delivery section 7). */
export interface FeedLimits {
  /** How often a node looks for what is new. */
  readonly lookMs: number;
  /** How many entries an event stream gets from one look. */
  readonly atOnce: number;
  /** How many entries one look reads for all of a node's event streams. */
  readonly rowsOfOneLook: number;
  readonly commentMs: number;
  /** For so long a reader may take nothing. */
  readonly stuckMs: number;
  /** Open event streams of one person on one node. */
  readonly perPerson: number;
}
export const FeedLimits = Symbol('FeedLimits');

export const FEED_LIMITS: FeedLimits = {
  lookMs: 1_000,
  atOnce: 200,
  rowsOfOneLook: 5_000,
  commentMs: 15_000,
  stuckMs: 60_000,
  perPerson: 4,
};
