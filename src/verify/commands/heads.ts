import { openCheckpoint, type Checkpoint } from '../formats/checkpoint.js';
import type { VerifierKey } from '../formats/verifier-key.js';
import { within } from '../refusal.js';
import { readFile } from '../sources/file.js';

const MAX_CHECKPOINT_BYTES = 1_000_000;

/** A checkpoint that somebody kept in a file. */
export async function openHead(file: string, keys: readonly VerifierKey[]): Promise<Checkpoint> {
  const bytes = await readFile(file, MAX_CHECKPOINT_BYTES);
  return within(file, () => openCheckpoint(bytes, keys));
}
