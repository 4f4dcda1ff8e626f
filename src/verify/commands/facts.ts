import type { Checkpoint } from '../formats/checkpoint.js';
import type { Facts } from '../report.js';

/** Which log, how large, and who vouches for it. */
export function headFacts(checkpoint: Checkpoint): Facts {
  const { origin, size, root, signedBy } = checkpoint;
  return { origin, size: String(size), root: root.toString('base64'), signedBy };
}
