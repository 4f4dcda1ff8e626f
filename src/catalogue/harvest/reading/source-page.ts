/** A part of what a source has. */
export interface SourcePage {
  readonly records: readonly unknown[];
  /** Where the next part is; null where this was the last. */
  readonly next: string | null;
  /** How many records the source says it has, where it does. */
  readonly total: number | null;
  /** By which the source knows this state of itself again. */
  readonly etag: string | null;
}

/** Which part of a source is read. */
export interface Reading {
  readonly url: string;
  /** What an earlier page said is next; null: the beginning. */
  readonly cursor: string | null;
  /** Only what changed since then; null: all. */
  readonly since: Date | null;
  readonly etag: string | null;
  readonly signal: AbortSignal;
}
