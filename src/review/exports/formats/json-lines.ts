import { createHash } from 'node:crypto';

/**
 * Things, one to a line, and a last line that tells how many they are, the SHA-256 of all bytes before it, and the log's
 * checkpoint when they were written (domain.md section 6).
 */
export async function* jsonLinesOf(
  batches: AsyncIterable<readonly unknown[]>,
  checkpoint: string | null,
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const things of batches) {
    const lines = things.map(lineOf).join('');
    hash.update(lines);
    count += things.length;
    yield lines;
  }
  yield `${JSON.stringify({ manifest: { count, sha256: hash.digest('hex'), checkpoint } })}\n`;
}

function lineOf(thing: unknown): string {
  return `${JSON.stringify(thing)}\n`;
}
