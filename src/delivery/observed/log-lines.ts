import { StringDecoder } from 'node:string_decoder';
import { MAX_LINE_CHARACTERS } from './access-log.rules.js';

/**
 * The lines of a log object. Of a line that is longer than any may be its first part is given, which is no line then.
 * @throws RangeError when the object goes on after `maxBytes`.
 */
export async function* linesOf(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let rest = '';
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new RangeError('A log object is too large');
    }
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARACTERS + 1);
    yield* parts.filter((line) => line !== '');
  }
  const last = rest + decoder.end();
  if (last !== '') {
    yield last;
  }
}
