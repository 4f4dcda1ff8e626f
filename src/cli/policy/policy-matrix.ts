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
export type Cell = readonly unknown[];

/** Why one cell is denied: the attribute, and the clause or guardrail that asked for it. */
export interface Because {
  readonly cell: Cell;
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
  readonly granted: readonly Cell[];
  readonly because: readonly Because[];
}

const MEMBERS = ['agreement', 'action', 'base', 'decision', 'matrix', 'granted', 'because'];
const OF_BECAUSE = ['cell', 'path', 'clause', 'guardrail'];
const MAX_BYTES = 1_000_000;
const MAX_CELLS = 10_000;
const MAX_ALIASES = 100;

export const sameCell = (one: Cell, other: Cell): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

type Members = Readonly<Record<string, unknown>>;

/** @throws UsageError when a text is no matrix: a mistyped test would test nothing. */
export function readMatrix(name: string, text: string): PolicyMatrix {
  if (text.length > MAX_BYTES) {
    throw new UsageError(`${name} is over ${String(MAX_BYTES)} bytes`);
  }
  const file = membersOf(name, read(name, text), MEMBERS);
  const action = ACTIONS.find((known) => known === file['action']);
  if (action === undefined || typeof file['agreement'] !== 'string') {
    throw new UsageError(`${name} names no action or no agreement`);
  }
  const { axes, cells } = axesOf(name, file['matrix']);
  const granted = listOf(name, 'granted', file['granted']) as readonly Cell[];
  const because = listOf(name, 'because', file['because']).map((entry) => becauseOf(name, entry));
  for (const cell of [...granted, ...because.map((one) => one.cell)]) {
    if (!cells.some((known) => sameCell(known, cell))) {
      throw new UsageError(
        `${name} speaks of ${JSON.stringify(cell)}, which its matrix does not hold`,
      );
    }
  }
  const base = baseOf(name, file['base']);
  const decision = decisionOf(name, file['decision']);
  const { agreement } = file as { agreement: string };
  return { name, agreement, action, base, decision, axes, cells, granted, because };
}

function read(name: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new UsageError(`${name} is no YAML: ${reason}`);
  }
}

function axesOf(name: string, input: unknown): Pick<PolicyMatrix, 'axes' | 'cells'> {
  const matrix = membersOf(name, input ?? {});
  const entries = Object.entries(matrix).map(([path, values]) => {
    const axis = attribute(name, path);
    const list = listOf(name, path, values);
    list.forEach((value) => {
      requireFits(name, { [axis]: value });
    });
    return [axis, list] as const;
  });
  const count = entries.reduce((product, [, values]) => product * values.length, 1);
  if (count > MAX_CELLS) {
    throw new UsageError(`${name} makes more than ${String(MAX_CELLS)} cells`);
  }
  return { axes: entries.map(([axis]) => axis), cells: product(entries.map(([, list]) => list)) };
}

function becauseOf(name: string, input: unknown): Because {
  const { cell, path, ...rest } = membersOf(name, input, OF_BECAUSE);
  if (!Array.isArray(cell)) {
    throw new UsageError(`${name} has a because without a cell`);
  }
  return { ...rest, cell: cell as Cell, path: attribute(name, String(path)) };
}

function baseOf(name: string, input: unknown): AttributeInput {
  const base = membersOf(name, input ?? {});
  Object.keys(base).forEach((path) => attribute(name, path));
  requireFits(name, base);
  return base;
}

function decisionOf(name: string, input: unknown): Condition | null {
  try {
    return input === undefined ? null : parseCondition(input, '/decision');
  } catch (error) {
    const [fault] = isConcordatError(error) ? (error.fields.errors ?? []) : [];
    throw new UsageError(`${name} ${fault?.pointer ?? 'decision'} ${fault?.reason ?? 'is wrong'}`);
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
    throw new UsageError(`${name} has an unknown member ${unknown}`);
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
    throw new UsageError(`${name} names no attribute ${path}`);
  }
  return path;
}

const product = (lists: readonly (readonly unknown[])[]): readonly Cell[] =>
  lists.reduce<readonly Cell[]>(
    (cells, values) => cells.flatMap((cell) => values.map((value) => [...cell, value])),
    [[]],
  );
