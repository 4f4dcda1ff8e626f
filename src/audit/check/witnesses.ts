import { leafHash } from '../log/merkle.js';
import { HASH_BYTES, TILE_WIDTH } from '../log/tiles.js';
import type { MadeTile } from '../log/upper-tiles.js';
import type { StoredTile } from '../publisher/tile-store.js';
import type { LeafRow } from './leaf-rows.js';

/** Leaves that follow one another, as each place has them that should have the same. */
export interface LeafRun {
  readonly from: bigint;
  readonly width: number;
  readonly rows: ReadonlyMap<bigint, LeafRow>;
  readonly bundle: StoredTile;
  readonly tile: StoredTile;
}

/** Two places do not have the same. Its message says which, and of which event. */
export class Difference extends Error {}

/** A place, and the leaf hash that it has or leads to. */
type Witness = readonly [place: string, hash: Buffer | undefined];

/**
 * The leaf hashes of a run, on which the event, its place in the database, the bundle and the tile agree.
 * @throws Difference that names the first event on which they do not, and who stands alone.
 */
export function agreedLeaves(run: LeafRun): readonly Buffer[] {
  const { from, width, bundle, tile } = run;
  const entries = readableEntries(bundle.bytes);
  const leaves = Array.from({ length: width }, (_, at) => {
    const index = from + BigInt(at);
    const hash = agreedHash(run, index, entries[at], at);
    if (!hash) {
      const witnesses = witnessesOf(run, index, entries[at], at);
      throw new Difference(`event ${index.toString()} is ${dissent(witnesses)}`);
    }
    return hash;
  });
  const bytes = entries.slice(0, width).reduce((sum, entry) => sum + 2 + entry.length, 0);
  requireEnd(bundle, bytes);
  requireEnd(tile, width * HASH_BYTES);
  return leaves;
}

/** @throws Difference unless the stored tile is the one that the tiles below it make. */
export function requireSame({ name, bytes }: MadeTile, stored: StoredTile): void {
  const { level, index, width } = name;
  for (let at = 0; at < width; at += 1) {
    const place = [at * HASH_BYTES, (at + 1) * HASH_BYTES] as const;
    if (!bytes.subarray(...place).equals(stored.bytes.subarray(...place))) {
      const span = BigInt(TILE_WIDTH) ** BigInt(level);
      const first = (index * BigInt(TILE_WIDTH) + BigInt(at)) * span;
      const events = `events ${first.toString()} to ${(first + span - 1n).toString()}`;
      throw new Difference(`the hash of ${events} is another in ${stored.path} than below it`);
    }
  }
  requireEnd(stored, bytes.length);
}

function requireEnd({ path, bytes, isFuller }: StoredTile, end: number): void {
  if (bytes.length > end && !isFuller) {
    throw new Difference(`${path} goes on after its last hash or entry`);
  }
}

/** @returns undefined when they do not agree. */
function agreedHash(
  { rows, tile }: LeafRun,
  index: bigint,
  entry: Buffer | undefined,
  at: number,
): Buffer | undefined {
  const row = rows.get(index);
  if (!row?.leaf || entry?.equals(row.leaf) !== true) {
    return undefined;
  }
  const hash = leafHash(row.leaf);
  const agrees =
    row.eventHash?.equals(hash) === true &&
    row.placeHash.equals(hash) &&
    hash.compare(tile.bytes, at * HASH_BYTES, (at + 1) * HASH_BYTES) === 0;
  return agrees ? hash : undefined;
}

function witnessesOf(
  { rows, bundle, tile }: LeafRun,
  index: bigint,
  entry: Buffer | undefined,
  at: number,
): readonly Witness[] {
  const row = rows.get(index);
  return [
    ['audit_event.leaf', row?.leaf ? leafHash(row.leaf) : undefined],
    ['audit_event.leaf_hash', row?.eventHash ?? undefined],
    ['log_leaf.leaf_hash', row?.placeHash],
    [bundle.path, entry && leafHash(entry)],
    [tile.path, tile.bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)],
  ];
}

/** Who does not have what most have. */
function dissent(witnesses: readonly Witness[]): string {
  const votes = ([, hash]: Witness): number =>
    witnesses.filter(([, other]) => hash && other?.equals(hash) === true).length;
  const most = Math.max(...witnesses.map(votes));
  const agreed = witnesses.find((witness) => votes(witness) === most)?.[1];
  const places = (isAgreed: boolean): string =>
    witnesses
      .filter(([, hash]) => (hash !== undefined && agreed?.equals(hash) === true) === isAgreed)
      .map(([place]) => place)
      .join(', ');
  return `not in ${places(false)} what it is in ${places(true)}`;
}

/** Up to the first that cannot be read. */
function readableEntries(bundle: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at + 2 <= bundle.length;) {
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) {
      break;
    }
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
