import { badInput } from '../refusal.js';

/** The lines of a text that may be larger than the memory. @throws Refusal `badInput` for one over `maxBytes`. */
export async function* linesOf(
  parts: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const part of parts) {
    let text = Buffer.concat([rest, part]);
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10)) {
      yield text.subarray(0, end);
      text = text.subarray(end + 1);
    }
    if (text.length > maxBytes) {
      throw badInput(`a line is over ${String(maxBytes)} bytes`);
    }
    rest = text;
  }
  if (rest.length > 0) {
    yield rest;
  }
}
