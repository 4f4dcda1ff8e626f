import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ChecksumMismatch, holdTail, TAIL_BYTES } from './held-tail.js';

const CHUNK = 20_000;

async function* chunksOf(sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (const size of sizes) {
    yield await Promise.resolve(Buffer.alloc(size, size % 251));
  }
}

async function digestOf(sizes: readonly number[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(sizes)) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

describe('the held tail', () => {
  it('passes on every byte of an object with the sealed digest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: CHUNK }), { maxLength: 20 }), async (sizes) => {
        let bytes = 0;
        for await (const chunk of holdTail(chunksOf(sizes), await digestOf(sizes))) {
          bytes += chunk.length;
        }
        expect(bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
      }),
    );
  });

  it.each([0, 1, TAIL_BYTES, TAIL_BYTES + 1, 10 * TAIL_BYTES])(
    'never passes on the last 64 KiB of %i wrong bytes',
    async (size) => {
      const sizes = Array.from({ length: Math.ceil(size / CHUNK) }, (_, at) =>
        Math.min(CHUNK, size - at * CHUNK),
      );
      let bytes = 0;
      const read = async (): Promise<void> => {
        for await (const chunk of holdTail(chunksOf(sizes), '0'.repeat(64))) {
          bytes += chunk.length;
        }
      };
      await expect(read()).rejects.toThrow(ChecksumMismatch);
      expect(bytes).toBeLessThanOrEqual(Math.max(0, size - TAIL_BYTES));
    },
  );
});
