import type { VersionRow } from './versions.repository.js';

/** A version of a dataset, as anybody who may see the dataset sees it. */
export interface VersionView {
  /** Counts from 1. */
  readonly number: number;
  readonly sealedAt: string;
  /** The one that new grants are for. */
  readonly isCurrent: boolean;
}

/** The same for its organisation. */
export interface OwnVersionView extends VersionView {
  readonly version: string;
  readonly objectCount: number;
  readonly sizeBytes: number;
}

/**
 * The digest is for the owner, and for whoever holds a grant on it: it is of names, sizes and ETags, so whoever has guessed
 * what a small file says could see in it that the guess was right.
 */
export function toVersionView(row: VersionRow, isOwn: boolean): VersionView | OwnVersionView {
  const { number, sealedAt, isCurrent, version, objectCount, sizeBytes } = row;
  const view = { number, sealedAt: sealedAt.toISOString(), isCurrent };
  return isOwn ? { ...view, version, objectCount, sizeBytes: Number(sizeBytes) } : view;
}
