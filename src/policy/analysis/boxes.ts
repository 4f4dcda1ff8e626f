import { ConcordatError } from '../../kernel/errors.js';
import { freezeAttributes, type AttributeInput, type AttributeName } from '../attributes.js';
import { isLeaf, type Condition, type Leaf } from '../condition.js';
import { evaluateCondition } from '../engine/evaluate-condition.js';
import type { Atom, Universe } from './atoms.js';

/** Beyond it a question is not analysed: the work, not only the answer, is bounded (policy section 5). */
const MAX_BOXES = 4_096;

/** Which atoms of an attribute remain, a bit for each. */
type Mask = bigint;

/** What remains of a set: whether it may be unknown or known, and which codes it then has and has not. */
interface SetPart {
  readonly mayBeUnknown: boolean;
  readonly mayBeKnown: boolean;
  readonly has: ReadonlySet<string>;
  readonly hasNot: ReadonlySet<string>;
}

/** One choice for each attribute, independent of the others; an attribute that it does not name is free. Never empty. */
export interface Box {
  readonly masks: ReadonlyMap<AttributeName, Mask>;
  readonly sets: ReadonlyMap<AttributeName, SetPart>;
}

/** A union of boxes; none is the empty region. */
export type Region = readonly Box[];

const EVERYTHING: Region = [{ masks: new Map(), sets: new Map() }];

/** Which answers of Kleene's logic count: a true alone lets an allow hold, anything but false lets a deny fire. */
export type Wanted = 'true' | 'false' | 'notFalse' | 'notTrue';

const NEGATED: Readonly<Record<Wanted, Wanted>> = {
  true: 'false',
  false: 'true',
  notFalse: 'notTrue',
  notTrue: 'notFalse',
};

/**
 * Where a condition answers as wanted.
 * @throws ConcordatError `condition_unanalysable` (422) beyond 4,096 boxes.
 */
export function regionOf(universe: Universe, condition: Condition, wanted: Wanted): Region {
  if (isLeaf(condition)) {
    return leafRegion(universe, condition, wanted);
  }
  if (condition.op === 'not') {
    return regionOf(universe, condition.of, NEGATED[wanted]);
  }
  const parts = condition.of.map((child) => regionOf(universe, child, wanted));
  const needsAll = (condition.op === 'all') === (wanted === 'true' || wanted === 'notFalse');
  return needsAll ? parts.reduce(intersect, EVERYTHING) : union(parts);
}

export function union(regions: readonly Region[]): Region {
  return bounded(regions.flat());
}

/** @throws ConcordatError `condition_unanalysable` (422) */
export function intersect(one: Region, other: Region): Region {
  const boxes: Box[] = [];
  for (const left of one) {
    for (const right of other) {
      const met = meet(left, right);
      if (met) {
        boxes.push(met);
        bounded(boxes);
      }
    }
  }
  return boxes;
}

function bounded(region: Region): Region {
  if (region.length > MAX_BOXES) {
    throw new ConcordatError('condition_unanalysable');
  }
  return region;
}

function leafRegion(universe: Universe, leaf: Leaf, wanted: Wanted): Region {
  if (leaf.op === 'contains') {
    return setRegion(leaf.path, leaf.value, wanted);
  }
  const atoms = universe.atoms.get(leaf.path) ?? [];
  let mask = 0n;
  atoms.forEach((atom, at) => {
    const truth = evaluateCondition(leaf, freezeAttributes({ [leaf.path]: atom }));
    mask |= counts(truth, wanted) ? 1n << BigInt(at) : 0n;
  });
  return mask === 0n ? [] : [{ masks: new Map([[leaf.path, mask]]), sets: new Map() }];
}

function counts(truth: boolean | undefined, wanted: Wanted): boolean {
  switch (wanted) {
    case 'true':
      return truth === true;
    case 'false':
      return truth === false;
    case 'notFalse':
      return truth !== false;
    case 'notTrue':
      return truth !== true;
  }
}

function setRegion(path: AttributeName, code: string, wanted: Wanted): Region {
  const none: ReadonlySet<string> = new Set();
  const own = new Set([code]);
  const holds = wanted === 'true' || wanted === 'notFalse';
  const known: SetPart = {
    mayBeUnknown: false,
    mayBeKnown: true,
    has: holds ? own : none,
    hasNot: holds ? none : own,
  };
  const unknown: SetPart = { mayBeUnknown: true, mayBeKnown: false, has: none, hasNot: none };
  const parts = wanted === 'true' || wanted === 'false' ? [known] : [known, unknown];
  return parts.map((part) => ({ masks: new Map(), sets: new Map([[path, part]]) }));
}

function meet(one: Box, other: Box): Box | undefined {
  const masks = new Map(one.masks);
  for (const [path, mask] of other.masks) {
    const met = (masks.get(path) ?? mask) & mask;
    if (met === 0n) {
      return undefined;
    }
    masks.set(path, met);
  }
  const sets = new Map(one.sets);
  for (const [path, part] of other.sets) {
    const met = meetSets(sets.get(path), part);
    if (!met) {
      return undefined;
    }
    sets.set(path, met);
  }
  return { masks, sets };
}

function meetSets(one: SetPart | undefined, other: SetPart): SetPart | undefined {
  if (!one) {
    return other;
  }
  const has = new Set([...one.has, ...other.has]);
  const hasNot = new Set([...one.hasNot, ...other.hasNot]);
  const mayBeUnknown = one.mayBeUnknown && other.mayBeUnknown;
  const mayBeKnown =
    one.mayBeKnown && other.mayBeKnown && [...has].every((code) => !hasNot.has(code));
  return mayBeUnknown || mayBeKnown ? { mayBeUnknown, mayBeKnown, has, hasNot } : undefined;
}

/** One concrete request in a box: the values of what it names, known rather than unknown where either would do. */
export function witnessOf(universe: Universe, { masks, sets }: Box): AttributeInput {
  const values: Record<string, Atom> = {};
  for (const [path, mask] of masks) {
    const atoms = universe.atoms.get(path) ?? [];
    values[path] = atoms.find((_, at) => (mask & (1n << BigInt(at))) !== 0n);
  }
  for (const [path, part] of sets) {
    values[path] = part.mayBeKnown ? [...part.has] : undefined;
  }
  return values;
}
