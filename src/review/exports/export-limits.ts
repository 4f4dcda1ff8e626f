import type { ExportFormat } from './export.types.js';

export const MAX_EVENTS: Readonly<Record<ExportFormat, number>> = {
  csv: 100_000,
  jsonl: 100_000,
  pack: 10_000,
};
/** So few are made while the caller waits. */
export const AT_ONCE = 1_000;
export const MAX_BYTES = 536_870_912;
export const CHUNK_BYTES = 262_144;
/** Of one person, not yet expired. */
export const MAX_KEPT = 20;

export const KEPT_MS = 24 * 3_600_000;
/** How long the row of one whose content is gone is listed. */
export const LISTED_MS = 30 * 24 * 3_600_000;
/** Whoever makes one and has written nothing for so long is dead. */
export const CLAIM_MS = 60_000;
export const MAX_ATTEMPTS = 5;
export const RETRY_MS = 10_000;
/** How often the log is asked whether it has published the events of a pack, and how long for. */
export const PUBLISHED_EVERY_MS = 1_000;
export const PUBLISHED_WITHIN_MS = 900_000;
