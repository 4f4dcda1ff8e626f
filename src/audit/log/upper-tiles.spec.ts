import { leafHash, perfectRoot } from './merkle.js';
import { UpperTiles, type MadeTile } from './upper-tiles.js';

const WIDTH = 256;
const LEAVES = Array.from({ length: WIDTH }, () => leafHash(Buffer.from('x')));
const ROOT = perfectRoot(LEAVES);
const HIGHER = perfectRoot(Array.from({ length: WIDTH }, () => ROOT));

/** A tree of equal leaves: every hash of a level is the same. */
describe('the tiles above those of leaves', () => {
  const upper = new UpperTiles();
  const full: MadeTile[] = [];

  beforeAll(() => {
    for (let tile = 0; tile < WIDTH + 3; tile += 1) {
      full.push(...upper.add(LEAVES));
    }
  });

  it('are made when they are full', () => {
    expect(full).toEqual([
      {
        name: { level: 1, index: 0n, width: WIDTH },
        bytes: Buffer.concat(Array.from({ length: WIDTH }, () => ROOT)),
      },
    ]);
  });

  it('are partial at the end', () => {
    expect(upper.partial()).toEqual([
      { name: { level: 1, index: 1n, width: 3 }, bytes: Buffer.concat([ROOT, ROOT, ROOT]) },
      { name: { level: 2, index: 0n, width: 1 }, bytes: HIGHER },
    ]);
  });

  it('are not made of a partial tile of leaves', () => {
    const none = new UpperTiles();
    expect(none.add(LEAVES.slice(1))).toEqual([]);
    expect(none.partial()).toEqual([]);
  });
});
