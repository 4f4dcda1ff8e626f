import { Readable } from 'node:stream';
import fc from 'fast-check';
import { chunksOf } from './chunks.js';

describe('the parts of a file', () => {
  it('are of one size but for the last, and together what was written', async () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 40 })));
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 16 }), async (written, size) => {
        const bytes = written.map((part) => Buffer.from(part as string));
        const given = written.map((part) => (typeof part === 'string' ? part : Buffer.from(part)));
        const chunks = (await Readable.from(chunksOf(given, size)).toArray()) as Buffer[];
        expect(Buffer.concat(chunks)).toEqual(Buffer.concat(bytes));
        expect(chunks.slice(0, -1).every(({ length }) => length === size)).toBe(true);
        expect(chunks.every(({ length }) => length > 0 && length <= size)).toBe(true);
      }),
    );
  });
});
