import { createHash } from 'node:crypto';

export const TAIL_BYTES = 64 * 1024;

/** The bytes are not those that were sealed. */
export class ChecksumMismatch extends Error {}

/**
 * Passes bytes on but for the last 64 KiB, which wait until the whole has the expected digest: a caller never holds a
 * complete object that is not the sealed one.
 * @param sha256 lower-case hex.
 * @throws ChecksumMismatch before the tail.
 */
export async function* holdTail(
  source: AsyncIterable<Buffer>,
  sha256: string,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    held.push(chunk);
    heldBytes += chunk.length;
    for (let first = held[0]; first && heldBytes - first.length >= TAIL_BYTES; first = held[0]) {
      held = held.slice(1);
      heldBytes -= first.length;
      yield first;
    }
  }
  if (hash.digest('hex') !== sha256) {
    throw new ChecksumMismatch('The object is not the one that was sealed');
  }
  yield* held;
}
