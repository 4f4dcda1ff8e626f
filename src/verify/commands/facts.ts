import type { Checkpoint } from '../formats/checkpoint.js';
import type { Facts } from '../report.js';

const MAX_DATE_SECONDS = 8_640_000_000_000;

/** Which log, how large, and who vouches for it. */
export function headFacts(checkpoint: Checkpoint): Facts {
  const { origin, size, root, signedBy } = checkpoint;
  return { origin, size: String(size), root: root.toString('base64'), signedBy };
}

/** Unix seconds in words; a leaf may name one that no calendar has. */
export function instant(seconds: number): string {
  return Math.abs(seconds) > MAX_DATE_SECONDS
    ? `${String(seconds)} s`
    : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
