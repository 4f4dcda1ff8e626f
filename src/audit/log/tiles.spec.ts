import {
  bundleEntries,
  bundleOf,
  fullTilesSince,
  levelsOf,
  tilePath,
  tilesSince,
  tileWidth,
  type TileName,
} from './tiles.js';

const names = (since: bigint, size: bigint, level: number): TileName[] => [
  ...tilesSince(since, size, level),
];

describe('tiles', () => {
  it.each<[TileName, string]>([
    [{ level: 0, index: 0n, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067n, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 5n, width: 17 }, 'tile/2/005.p/17'],
    [{ level: 'entries', index: 1_000n, width: 1 }, 'tile/entries/x001/000.p/1'],
    [{ level: 63, index: 999n, width: 255 }, 'tile/63/999.p/255'],
  ])('has a path: %o → %s', (name, path) => {
    expect(tilePath(name)).toBe(path);
  });

  it('makes of 70,000 entries 273 full tiles and one of 112, then one and 17, then 1', () => {
    const zero = names(0n, 70_000n, 0);
    expect(zero).toHaveLength(274);
    expect(zero.slice(0, 273).every(({ width }) => width === 256)).toBe(true);
    expect(zero.at(-1)).toEqual({ level: 0, index: 273n, width: 112 });
    expect(names(0n, 70_000n, 1).map(({ width }) => width)).toEqual([256, 17]);
    expect(names(0n, 70_000n, 2).map(({ width }) => width)).toEqual([1]);
    expect(names(0n, 70_000n, 3)).toEqual([]);
    expect(levelsOf(70_000n)).toBe(3);
  });

  it('makes of 256 entries one full tile and one of width 1 above it', () => {
    expect(names(0n, 256n, 0)).toEqual([{ level: 0, index: 0n, width: 256 }]);
    expect(names(0n, 256n, 1)).toEqual([{ level: 1, index: 0n, width: 1 }]);
    expect(levelsOf(256n)).toBe(2);
  });

  it.each([
    [0n, 0n, 0, []],
    [5n, 5n, 0, []],
    [5n, 6n, 0, [[0n, 6]]],
    [
      255n,
      257n,
      0,
      [
        [0n, 256],
        [1n, 1],
      ],
    ],
    [256n, 257n, 0, [[1n, 1]]],
    [256n, 300n, 1, []],
    [300n, 600n, 1, [[0n, 2]]],
  ] as const)('from %s to %s writes of level %i: %o', (since, size, level, tiles) => {
    expect(names(since, size, level).map(({ index, width }) => [index, width])).toEqual(tiles);
  });

  it('has no width where the tree does not reach', () => {
    expect(tileWidth(256n, 0, 1n)).toBe(0);
    expect(tileWidth(257n, 'entries', 1n)).toBe(1);
  });

  it('has the full ones that growth made, of every level', () => {
    const paths = (since: bigint, size: bigint): string[] =>
      [...fullTilesSince(since, size)].map(tilePath);
    expect(paths(0n, 255n)).toEqual([]);
    expect(paths(255n, 256n)).toEqual(['tile/entries/000', 'tile/0/000']);
    expect(paths(256n, 511n)).toEqual([]);
    expect(paths(300n, 800n)).toEqual([
      'tile/entries/001',
      'tile/entries/002',
      'tile/0/001',
      'tile/0/002',
    ]);
    expect(paths(65_530n, 65_536n)).toEqual(['tile/entries/255', 'tile/0/255', 'tile/1/000']);
    expect(paths(0n, 65_536n)).toHaveLength(2 * 256 + 1);
    expect(paths(16_777_215n, 16_777_216n)).toContain('tile/2/000');
  });
});

describe('bundles', () => {
  it('give back what they were made of', () => {
    const entries = [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(65_535, 7)];
    expect(bundleEntries(bundleOf(entries))).toEqual(entries);
  });

  it.each(['00', '0001', '000161ff', '0001610002ff'])(
    'that end inside an entry are refused: %s',
    (hex) => {
      expect(() => bundleEntries(Buffer.from(hex, 'hex'))).toThrow(RangeError);
    },
  );
});
