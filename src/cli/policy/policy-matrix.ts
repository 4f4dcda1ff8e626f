import { parse } from 'yaml';
import { isConcordatError } from '../../kernel/errors.js';
import {
  ACTIONS,
  freezeAttributes,
  isAttributeName,
  type Action,
  type AttributeInput,
  type AttributeName,
} from '../../policy/attributes.js';
import type { Condition } from '../../policy/condition.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { UsageError } from '../usage-error.js';

/** The values of a matrix's attributes, in their order; null is an attribute that nobody knows. */
type CellValues = readonly unknown[];

/** What one combination of values must come to. */
export interface Cell {
  readonly values: CellValues;
  readonly isGranted: boolean;
  readonly because: readonly Because[];
}

/** Why a cell is denied: the attribute, and the clause or guardrail that asked for it. */
export interface Because {
  readonly path: AttributeName;
  readonly clause?: string;
  readonly guardrail?: string;
}

/** One file: every combination of the values, and which of them are granted (policy section 6). */
export interface PolicyMatrix {
  readonly name: string;
  readonly agreement: string;
  readonly action: Action;
  readonly base: AttributeInput;
  /** Conditions of the owner's decision. */
  readonly decision: Condition | null;
  readonly axes: readonly AttributeName[];
  readonly cells: readonly Cell[];
}

const MEMBERS = ['agreement', 'action', 'base', 'decision', 'matrix', 'granted', 'because'];
const OF_BECAUSE = ['cell', 'path', 'clause', 'guardrail'];
const MAX_CELLS = 10_000;
const MAX_ALIASES = 100;

type Members = Readonly<Record<string, unknown>>;

/** @throws UsageError when a text is no matrix: a mistyped test would test nothing. */
export function readMatrix(name: string, text: string): PolicyMatrix {
  const file = membersOf(name, read(name, text), MEMBERS);
  const { agreement } = file;
  const action = ACTIONS.find((known) => known === file['action']);
  if (action === undefined || typeof agreement !== 'string') {
    throw new UsageError(`${name} names no action or no agreement`);
  }
  const base = baseOf(name, file['base']);
  const { axes, combinations } = axesOf(name, file['matrix']);
  const twice = axes.find((axis) => base[axis] !== undefined);
  if (twice !== undefined) {
    throw new UsageError(`${name} gives ${twice} in base and in matrix`);
  }
  const cells = cellsOf(name, combinations, file);
  return {
    name,
    agreement,
    action,
    base,
    decision: decisionOf(name, file['decision']),
    axes,
    cells,
  };
}

function read(name: string, text: string): unknown {
  try {
    // Without its level, a tag that nobody knows is told on stderr by Node.
    return parse(text, { maxAliasCount: MAX_ALIASES, logLevel: 'error' });
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new UsageError(`${name} is no YAML: ${reason}`);
  }
}

function axesOf(
  name: string,
  input: unknown,
): { readonly axes: readonly AttributeName[]; readonly combinations: readonly CellValues[] } {
  const entries = Object.entries(membersOf(name, input ?? {})).map(
    ([path, values]) => [attribute(name, path), listOf(name, path, values)] as const,
  );
  if (entries.reduce((product, [, values]) => product * values.length, 1) > MAX_CELLS) {
    throw new UsageError(`${name} makes more than ${String(MAX_CELLS)} cells`);
  }
  for (const [axis, list] of entries) {
    list.forEach((value) => {
      requireFits(name, { [axis]: value });
    });
    if (list.length === 0 || new Set(list.map(keyOf)).size < list.length) {
      throw new UsageError(`${name} gives ${axis} no value, or one twice`);
    }
  }
  return {
    axes: entries.map(([axis]) => axis),
    combinations: product(entries.map(([, list]) => list)),
  };
}

function cellsOf(
  name: string,
  combinations: readonly CellValues[],
  file: Members,
): readonly Cell[] {
  const known = new Set(combinations.map(keyOf));
  const requireKnown = (cell: unknown): string => {
    const key = keyOf(cell);
    if (!known.has(key)) {
      throw new UsageError(`${name} speaks of ${shortened(key)}, which its matrix does not hold`);
    }
    return key;
  };
  const granted = new Set(listOf(name, 'granted', file['granted']).map(requireKnown));
  const because = new Map<string, Because[]>();
  for (const entry of listOf(name, 'because', file['because'])) {
    const { cell, ...reason } = membersOf(name, entry, OF_BECAUSE);
    const key = requireKnown(cell);
    if (granted.has(key)) {
      throw new UsageError(`${name} says why ${shortened(key)} is denied, and grants it`);
    }
    because.set(key, [...(because.get(key) ?? []), becauseOf(name, reason)]);
  }
  return combinations.map((values) => {
    const key = keyOf(values);
    return { values, isGranted: granted.has(key), because: because.get(key) ?? [] };
  });
}

function becauseOf(name: string, { path, clause, guardrail }: Members): Because {
  for (const text of [clause, guardrail]) {
    if (text !== undefined && typeof text !== 'string') {
      throw new UsageError(`${name} has a because whose clause or guardrail is no text`);
    }
  }
  return {
    path: attribute(name, String(path)),
    ...(typeof clause === 'string' ? { clause } : {}),
    ...(typeof guardrail === 'string' ? { guardrail } : {}),
  };
}

function baseOf(name: string, input: unknown): AttributeInput {
  const base = membersOf(name, input ?? {});
  Object.keys(base).forEach((path) => attribute(name, path));
  requireFits(name, base);
  return base;
}

function decisionOf(name: string, input: unknown): Condition | null {
  try {
    return input === undefined ? null : parseCondition(input);
  } catch (error) {
    const [fault] = isConcordatError(error) ? (error.fields.errors ?? []) : [];
    throw new UsageError(
      `${name} /decision${fault?.pointer ?? ''} ${fault?.reason ?? 'is no condition'}`,
    );
  }
}

function requireFits(name: string, values: AttributeInput): void {
  try {
    freezeAttributes(values);
  } catch (error) {
    throw new UsageError(`${name}: ${(error as Error).message}`);
  }
}

function membersOf(name: string, input: unknown, known?: readonly string[]): Members {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new UsageError(`${name} has something else where members must be`);
  }
  const unknown = Object.keys(input).find((member) => known?.includes(member) === false);
  if (unknown !== undefined) {
    throw new UsageError(`${name} has an unknown member ${shortened(unknown)}`);
  }
  return input as Members;
}

function listOf(name: string, member: string, input: unknown): readonly unknown[] {
  if (input !== undefined && !Array.isArray(input)) {
    throw new UsageError(`${name}: ${member} must be a list`);
  }
  return input ?? [];
}

function attribute(name: string, path: string): AttributeName {
  if (!isAttributeName(path)) {
    throw new UsageError(`${name} names no attribute ${shortened(path)}`);
  }
  return path;
}

/** Cells are compared as JSON; in a list, because undefined alone has no text. */
function keyOf(value: unknown): string {
  return JSON.stringify([value]).slice(1, -1);
}

const SHOWN = 200;

// One line, whatever an operator's file names.
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

const product = (lists: readonly (readonly unknown[])[]): readonly CellValues[] =>
  lists.reduce<readonly CellValues[]>(
    (cells, values) => cells.flatMap((cell) => values.map((value) => [...cell, value])),
    [[]],
  );
