/** Rows that are in memory at once. */
export const BATCH = 500;
/** The most of one file: whoever finds more asks for less time. */
export const MAX_ROWS = 100_000;
/** Of everybody, on this node. */
export const AT_ONCE = 8;
/** Whoever takes nothing for so long is gone. */
export const STALL_MS = 30_000;
/** Nor may a caller who takes it drop by drop hold a file for ever. */
export const FILE_MS = 1_800_000;
