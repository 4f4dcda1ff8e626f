import { ATTRIBUTES, type AttributeName } from '../attributes.js';
import { plainAddress } from '../engine/address.js';
import type { Atom, Universe } from './atoms.js';
import type { Box } from './boxes.js';

type Value = string | number | boolean;
type Left = (atom: Atom) => boolean;

/** From one value to another, both included; null: without end. */
interface Range {
  readonly from: Value | null;
  readonly to: Value | null;
}

/** What a region says of one attribute, for people. */
export interface Constraint {
  readonly path: AttributeName;
  /** Codes, ids and booleans: these alone remain. */
  readonly among?: readonly Value[];
  /** Codes and ids: all others remain. */
  readonly notAmong?: readonly Value[];
  /** Numbers, instants and addresses. */
  readonly ranges?: readonly Range[];
  readonly contains?: readonly string[];
  readonly lacks?: readonly string[];
  readonly mayBeUnknown: boolean;
}

const MAX_SHOWN = 20;
const FAMILIES = ['0.0.0.0', '::'] as const;

export function describe(universe: Universe, { masks, sets }: Box): readonly Constraint[] {
  const plain = [...masks].map(([path, mask]) => {
    const atoms = universe.atoms.get(path) ?? [];
    const isLeft = (atom: Atom): boolean => (mask & (1n << BigInt(atoms.indexOf(atom)))) !== 0n;
    const known = atoms.filter(isValue);
    return { path, ...remaining(path, known, isLeft), mayBeUnknown: atoms.some(unknown(isLeft)) };
  });
  const lists = [...sets].map(([path, { has, hasNot, mayBeUnknown }]) => ({
    path,
    contains: [...has].slice(0, MAX_SHOWN),
    lacks: [...hasNot].slice(0, MAX_SHOWN),
    mayBeUnknown,
  }));
  const order = Object.keys(ATTRIBUTES);
  return [...plain, ...lists].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
}

const unknown =
  (isLeft: Left) =>
  (atom: Atom): boolean =>
    atom === undefined && isLeft(atom);

function isValue(atom: Atom): atom is Value {
  return atom !== undefined && typeof atom !== 'object';
}

function remaining(
  path: AttributeName,
  known: readonly Value[],
  isLeft: Left,
): Pick<Constraint, 'among' | 'notAmong' | 'ranges'> {
  switch (ATTRIBUTES[path]) {
    case 'integer':
      return { ranges: rangesOf(known, isLeft, (a, b) => Number(a) - Number(b)) };
    case 'instant':
      return { ranges: rangesOf(known, isLeft, (a, b) => instant(a) - instant(b)) };
    case 'ip':
      return { ranges: FAMILIES.flatMap((family) => addressRanges(family, known, isLeft)) };
    default:
      return listOf(path, known, isLeft);
  }
}

// Of each family the first address is a point: a range without it would not say of which family it is.
function addressRanges(
  first: (typeof FAMILIES)[number],
  known: readonly Value[],
  isLeft: Left,
): readonly Range[] {
  const { length } = bytesOf(first);
  const own = known.filter((address) => bytesOf(address).length === length);
  const ranges = rangesOf(own, isLeft, (a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  return ranges.map(({ from, to }) => ({ from: from ?? first, to }));
}

// The last of the codes, or ids, stands for all that no condition names.
function listOf(
  path: AttributeName,
  known: readonly Value[],
  isLeft: Left,
): Pick<Constraint, 'among' | 'notAmong'> {
  const other = ATTRIBUTES[path] === 'boolean' ? undefined : known.at(-1);
  return other !== undefined && isLeft(other)
    ? { notAmong: known.filter((value) => !isLeft(value)).slice(0, MAX_SHOWN) }
    : { among: known.filter(isLeft).slice(0, MAX_SHOWN) };
}

/** Where something changes, there is a point on either side: between two neighbours that remain, everything does. */
function rangesOf(
  known: readonly Value[],
  isLeft: Left,
  compare: (a: Value, b: Value) => number,
): readonly Range[] {
  const points = [...known].sort(compare);
  const left = points.map(isLeft);
  const starts = left.flatMap((is, at) => (is && left[at - 1] !== true ? [at] : []));
  const stops = left.flatMap((is, at) => (is && left[at + 1] !== true ? [at] : []));
  return starts.slice(0, MAX_SHOWN).map((start, at) => {
    const stop = stops[at] ?? start;
    return {
      from: start === 0 ? null : (points[start] ?? null),
      to: stop === points.length - 1 ? null : (points[stop] ?? null),
    };
  });
}

function instant(value: Value): number {
  return Date.parse(String(value));
}

function bytesOf(value: Value): Buffer {
  return Buffer.from(plainAddress(String(value)).parsed.toByteArray());
}
