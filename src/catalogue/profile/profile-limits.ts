/** What one worker gives to profiles. */
export interface ProfileLimits {
  /** For one attempt as a whole, however slowly its store answers. */
  readonly attemptMs: number;
  readonly atOnce: number;
  /** Of CSV text, over all objects of a sample. */
  readonly maxBytes: number;
  readonly maxRows: number;
  /** Objects in a sample. */
  readonly maxObjects: number;
  /** Pages of the store's list. */
  readonly maxPages: number;
  /** Of one Parquet file: its description of itself. */
  readonly maxFooterBytes: number;
}
export const ProfileLimits = Symbol('ProfileLimits');

export const PROFILE_LIMITS: ProfileLimits = {
  attemptMs: 60_000,
  atOnce: 2,
  maxBytes: 4 * 1024 * 1024,
  maxRows: 50_000,
  maxObjects: 10,
  maxPages: 10,
  maxFooterBytes: 2 * 1024 * 1024,
};

/** As many as a description may have. */
export const MAX_COLUMNS = 1_000;
/** A proposal that nobody confirmed by then is gone. */
export const PROPOSAL_DAYS = 7;
/** A worker that dies over a sample is not asked for ever. */
export const MAX_ATTEMPTS = 3;
