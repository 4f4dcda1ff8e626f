import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readTerms } from '../../src/agreements/terms/read-terms.js';
import { requireComplete } from '../../src/agreements/terms/terms.rules.js';
import type { AgreementTerms } from '../../src/agreements/terms/terms.types.js';
import { ACTIONS, isAttributeName, type Action } from '../../src/policy/attributes.js';
import type { AttributeInput, AttributeName } from '../../src/policy/attributes.js';
import type { Condition } from '../../src/policy/condition.js';
import { parseCondition } from '../../src/policy/parse-condition.js';
import { exampleFacts } from '../support/agreement-terms.js';

/** The values of a matrix's attributes, in their order; null is an attribute that nobody knows. */
export type Cell = readonly unknown[];

/** Why one cell is denied: the attribute, and the clause or guardrail that asked for it. */
interface Because {
  readonly cell: Cell;
  readonly path: AttributeName;
  readonly clause?: string;
  readonly guardrail?: string;
}

/** One file of `policies/tests`: every combination of the values, and which of them are granted (policy section 6). */
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

const FOLDER = new URL('../../policies/tests/', import.meta.url);
const MEMBERS = ['agreement', 'action', 'base', 'decision', 'matrix', 'granted', 'because'];
const OF_BECAUSE = ['cell', 'path', 'clause', 'guardrail'];

export const sameCell = (one: Cell, other: Cell): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** @throws Error when a file is no matrix: a mistyped test would test nothing. */
export function readMatrices(): readonly PolicyMatrix[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => matrixOf(name, parse(readFileSync(new URL(name, FOLDER), 'utf8'))));
}

/** Every agreement of the fixtures, by file: each has passed the rules that a real one must pass before it locks. */
export function readFixtures(): ReadonlyMap<string, AgreementTerms> {
  const names = readdirSync(new URL('fixtures/', FOLDER)).sort();
  const { datasets } = exampleFacts();
  const open = [...datasets].map(
    ([id, dataset]) => [id, { ...dataset, disclosesLocation: true }] as const,
  );
  const facts = exampleFacts({ datasets: new Map(open) });
  return new Map(
    names.map((name) => {
      const text = readFileSync(new URL(`fixtures/${name}`, FOLDER), 'utf8');
      return [`fixtures/${name}`, requireComplete(readTerms(JSON.parse(text)), facts)];
    }),
  );
}

function matrixOf(name: string, input: unknown): PolicyMatrix {
  const file = membersOf(name, input, MEMBERS);
  const matrix = file['matrix'] as Record<string, unknown[]>;
  const action = ACTIONS.find((known) => known === file['action']);
  if (action === undefined || typeof file['agreement'] !== 'string') {
    throw new Error(`${name} names no action or no agreement`);
  }
  const axes = Object.keys(matrix).map((path) => attribute(name, path));
  const cells = product(Object.values(matrix));
  const granted = (file['granted'] ?? []) as Cell[];
  const because = ((file['because'] ?? []) as unknown[]).map((entry) => ({
    ...(membersOf(name, entry, OF_BECAUSE) as unknown as Because),
  }));
  for (const cell of [...granted, ...because.map(({ cell }) => cell)]) {
    if (!cells.some((known) => sameCell(known, cell))) {
      throw new Error(`${name} speaks of ${JSON.stringify(cell)}, which its matrix does not hold`);
    }
  }
  const base = (file['base'] ?? {}) as AttributeInput;
  Object.keys(base).forEach((path) => attribute(name, path));
  const decision = file['decision'] === undefined ? null : parseCondition(file['decision']);
  return {
    name,
    agreement: file['agreement'],
    action,
    base,
    decision,
    axes,
    cells,
    granted,
    because,
  };
}

function membersOf(
  name: string,
  input: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  const members = input as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).find((member) => !known.includes(member));
  if (unknown !== undefined) {
    throw new Error(`${name} has an unknown member ${unknown}`);
  }
  return members;
}

function attribute(name: string, path: string): AttributeName {
  if (!isAttributeName(path)) {
    throw new Error(`${name} names no attribute ${path}`);
  }
  return path;
}

const product = (lists: readonly (readonly unknown[])[]): readonly Cell[] =>
  lists.reduce<readonly Cell[]>(
    (cells, values) => cells.flatMap((cell) => values.map((value) => [...cell, value])),
    [[]],
  );
