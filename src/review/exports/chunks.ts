import { CHUNK_BYTES } from './export-limits.js';

/** Cuts what is written into parts of one size; the last may be shorter. */
export async function* chunksOf(
  parts: AsyncIterable<Buffer | string> | Iterable<Buffer | string>,
  size = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let length = 0;
  for await (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    kept.push(bytes);
    length += bytes.length;
    while (length >= size) {
      const whole = Buffer.concat(kept);
      yield whole.subarray(0, size);
      const rest = whole.subarray(size);
      kept = [rest];
      length = rest.length;
    }
  }
  if (length > 0) {
    yield Buffer.concat(kept);
  }
}
