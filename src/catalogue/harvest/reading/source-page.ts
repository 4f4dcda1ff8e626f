/** A part of what a source has. */
export interface SourcePage {
  readonly records: readonly unknown[];
  /** Where to go on after a crash, as `Reading` takes it. */
  readonly cursor: string | null;
  readonly isLast: boolean;
  /** With it a page of the source ends, and the source has said where the next one is. */
  readonly hasTurned: boolean;
  /** The pages have everything, also where only changes were asked for. */
  readonly isWhole: boolean;
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
  /** Only what changed since then, where the format can say so; null: all. */
  readonly since: Date | null;
  readonly etag: string | null;
  readonly signal: AbortSignal;
}
