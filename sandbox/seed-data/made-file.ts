import { Readable } from 'node:stream';

const CHUNK_CHARACTERS = 65_536;

/** One file of the sandbox's data: where it lies in its bucket, and its bytes, read anew at each call. */
export interface SeedFile {
  readonly key: string;
  open(): Readable;
}

/** A file made line by line: it is never whole in memory. */
export function madeFile(key: string, lines: () => Iterable<string>): SeedFile {
  return { key, open: () => Readable.from(chunked(lines()), { objectMode: false }) };
}

function* chunked(lines: Iterable<string>): Generator<Buffer> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(chunk);
      chunk = '';
    }
  }
  if (chunk !== '') {
    yield Buffer.from(chunk);
  }
}
