/** What a hold is on: every event that names it is kept, with all its rows. */
export const HOLD_SCOPES = ['person', 'agreement', 'dataset', 'grant'] as const;
export type HoldScope = (typeof HOLD_SCOPES)[number];

export interface HoldView {
  readonly id: string;
  readonly scopeType: HoldScope;
  readonly scopeId: string;
  readonly reason: string;
  readonly placedAt: string;
  /** Null while it stands. */
  readonly releasedAt: string | null;
}
