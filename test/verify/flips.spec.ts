import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { treeOf } from '../support/log/naive-tree.js';
import {
  checkpointOf,
  entriesOf,
  KEY,
  logObjects,
  receiptOf,
  someEvents,
  writeObjects,
} from '../support/log/test-log.js';
import { bagOf, packFiles, zipOfFiles } from '../support/log/test-pack.js';
import { Desk, run } from './running.js';

const EVENTS = someEvents(3);
const ENTRIES = entriesOf(EVENTS);
const TREE = treeOf(ENTRIES);
const RECEIPT = Buffer.from(receiptOf(TREE, ENTRIES[1] ?? Buffer.alloc(0), 1n, 3n));
const DISCLOSURE = Buffer.from(JSON.stringify(EVENTS[1]?.disclose(['decision'])));
const OBJECTS = logObjects(ENTRIES);

/** Every text that differs from this one in one bit. */
function* flips(bytes: Buffer): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

describe('a bit flipped', () => {
  let desk: Desk;
  let proof: string;

  beforeAll(() => {
    desk = new Desk();
    proof = desk.write('right.tlog-proof', RECEIPT);
    writeObjects(desk.folder, OBJECTS);
  });
  afterAll(() => {
    desk.clear();
  });

  const outcomes = async (
    bytes: Buffer,
    verifyOne: (flipped: Buffer) => Promise<{ code: number }>,
  ): Promise<ReadonlySet<number>> => {
    const codes = new Set<number>();
    for (const flipped of flips(bytes)) {
      codes.add((await verifyOne(flipped)).code);
    }
    return codes;
  };
  const REFUSED = [1, 2];

  it('anywhere in a receipt is seen', async () => {
    const codes = await outcomes(RECEIPT, (flipped) =>
      run('receipt', desk.write('a', flipped), '--vkey', KEY.vkey),
    );
    expect([...codes].toSorted()).toEqual(REFUSED);
  }, 120_000);

  it('anywhere in a disclosure is seen', async () => {
    const codes = await outcomes(DISCLOSURE, (flipped) =>
      run('disclosure', desk.write('a', flipped), '--receipt', proof, '--vkey', KEY.vkey),
    );
    expect([...codes].toSorted()).toEqual(REFUSED);
  }, 120_000);

  it.each([...OBJECTS.keys()])(
    'anywhere in %s is seen, and located there',
    async (path) => {
      const right = OBJECTS.get(path) ?? Buffer.alloc(0);
      const codes = await outcomes(right, async (flipped) => {
        writeFileSync(join(desk.folder, path), flipped);
        const ran = await run('log', desk.folder, '--vkey', KEY.vkey);
        expect(ran.said).toEqual([expect.stringContaining(`: ${path}: `)]);
        return ran;
      });
      writeFileSync(join(desk.folder, path), right);
      expect([...codes].every((code) => REFUSED.includes(code))).toBe(true);
      expect(await run('log', desk.folder, '--vkey', KEY.vkey)).toMatchObject({ code: 0 });
    },
    120_000,
  );

  it('anywhere in an older checkpoint is seen', async () => {
    const older = Buffer.from(checkpointOf(TREE, 2n));
    const newer = desk.write('newer', checkpointOf(TREE, 3n));
    const codes = await outcomes(older, (flipped) =>
      run('consistency', desk.write('a', flipped), newer, desk.folder, '--vkey', KEY.vkey),
    );
    expect([...codes].toSorted()).toEqual(REFUSED);
  }, 120_000);

  it('anywhere in a pack is seen, or changes nothing that is read', async () => {
    const zip = zipOfFiles(bagOf(packFiles()));
    const bit = fc.integer({ min: 0, max: zip.length * 8 - 1 });
    const right = await run('pack', desk.write('a.zip', zip), '--vkey', KEY.vkey);
    await fc.assert(
      fc.asyncProperty(bit, async (at) => {
        const flipped = Buffer.from(zip);
        flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
        const ran = await run('pack', desk.write('a.zip', flipped), '--vkey', KEY.vkey);
        // A date in a header, say, is read by nobody.
        expect(ran.code === 0 ? ran : REFUSED.includes(ran.code)).toEqual(
          ran.code === 0 ? right : true,
        );
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

/** What is said, however it is set: a signature said twice is one, and spaces between JSON's words are none. */
function meaningOf(bytes: Buffer): unknown {
  const text = bytes.toString('latin1');
  return text.startsWith('{') ? (JSON.parse(text) as unknown) : [...new Set(text.split('\n'))];
}

describe('garbage', () => {
  let desk: Desk;

  beforeAll(() => {
    desk = new Desk();
  });
  afterAll(() => {
    desk.clear();
  });

  /** Bytes of any kind, and the right ones cut, doubled, spliced, or with numbers that no machine counts. */
  const garbled = (right: Buffer): fc.Arbitrary<Buffer> => {
    const at = fc.nat({ max: right.length });
    const text = right.toString();
    const numbers = fc.constantFrom('-1', '1e99', '9'.repeat(400), '9007199254740993', '0x10', '');
    return fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 200 }).map((one) => Buffer.from(one)),
      at.map((end) => right.subarray(0, end)),
      at.map((start) => Buffer.concat([right, right.subarray(start)])),
      fc
        .tuple(at, fc.uint8Array({ minLength: 1, maxLength: 8 }))
        .map(([start, bytes]) =>
          Buffer.concat([right.subarray(0, start), bytes, right.subarray(start)]),
        ),
      fc.tuple(numbers, fc.nat()).map(([number, pick]) => {
        const found = [...text.matchAll(/\d+/g)];
        const place = found[pick % Math.max(1, found.length)];
        return place
          ? Buffer.from(
              text.slice(0, place.index) + number + text.slice(place.index + place[0].length),
            )
          : right;
      }),
    );
  };
  const never = async (
    right: Buffer,
    verifyOne: (bytes: Buffer) => Promise<{ code: number; said: readonly string[] }>,
  ): Promise<void> => {
    await fc.assert(
      fc.asyncProperty(garbled(right), async (bytes) => {
        const { code, said } = await verifyOne(bytes);
        expect([0, 1, 2]).toContain(code);
        expect(said).toHaveLength(code === 0 ? 0 : 1);
        expect(code === 0 ? meaningOf(bytes) : '').toEqual(code === 0 ? meaningOf(right) : '');
      }),
      { numRuns: 300 },
    );
  };

  it('for a receipt is refused', async () => {
    await never(RECEIPT, (bytes) => run('receipt', desk.write('a', bytes), '--vkey', KEY.vkey));
  });

  it('for a disclosure is refused', async () => {
    const proof = desk.write('right.tlog-proof', RECEIPT);
    await never(DISCLOSURE, (bytes) =>
      run('disclosure', desk.write('a', bytes), '--receipt', proof, '--vkey', KEY.vkey),
    );
  });

  it('for a file of keys is refused', async () => {
    const proof = desk.write('right.tlog-proof', RECEIPT);
    await fc.assert(
      fc.asyncProperty(garbled(Buffer.from(`${KEY.vkey}\n`)), async (bytes) => {
        const ran = await run('receipt', proof, '--vkey', desk.write('vkey', bytes));
        expect([0, 1, 2]).toContain(ran.code);
      }),
      { numRuns: 200 },
    );
  });

  it.each([...OBJECTS.keys()])(
    'for %s is refused',
    async (path) => {
      writeObjects(desk.folder, OBJECTS);
      await never(OBJECTS.get(path) ?? Buffer.alloc(0), (bytes) => {
        writeFileSync(join(desk.folder, path), bytes);
        return run('log', desk.folder, '--vkey', KEY.vkey);
      });
    },
    120_000,
  );

  it('for a pack is refused', async () => {
    const zip = zipOfFiles(bagOf(packFiles()));
    await never(zip, (bytes) => run('pack', desk.write('a.zip', bytes), '--vkey', KEY.vkey));
  }, 120_000);
});
