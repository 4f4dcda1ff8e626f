import { readFileSync } from 'node:fs';
import { Coverage } from '../../src/cli/policy/coverage.js';
import { decideCell, faultOf } from '../../src/cli/policy/decide-cell.js';
import { readPolicyTexts } from '../../src/cli/policy/policy-folder.js';
import { readTerms } from '../../src/agreements/terms/read-terms.js';
import { checkTerms } from '../../src/agreements/terms/terms.rules.js';
import { policiesFolder, readGuardrails } from '../../src/policy/storage/policy-files.js';
import { exampleFacts } from '../support/agreement-terms.js';

const texts = await readPolicyTexts([]);
const { matrices, fixtures, guardrails } = texts;

describe.each(matrices)('$name', (matrix) => {
  it.each(
    matrix.cells.map(
      (cell) => [cell.isGranted ? 'grants' : 'denies', JSON.stringify(cell.values), cell] as const,
    ),
  )('%s %s', (_verdict, _values, cell) => {
    const decision = decideCell(texts, matrix, cell);
    expect(faultOf(cell, decision)).toBeUndefined();
    for (const { path, clause, guardrail } of decision.failed) {
      expect([path, clause ?? guardrail]).toEqual([path, expect.any(String)]);
    }
    expect(decision.failed.length > 0).toBe(decision.outcome === 'deny');
  });

  it.each(
    matrix.cells.flatMap((cell) =>
      cell.because.map((reason) => [JSON.stringify(cell.values), cell, reason] as const),
    ),
  )('denies %s because of what it says', (_values, cell, reason) => {
    expect([reason.clause, reason.guardrail]).toContainEqual(expect.any(String));
    expect(decideCell(texts, matrix, cell).failed).toContainEqual(expect.objectContaining(reason));
  });
});

describe('the matrices together', () => {
  const coverage = new Coverage();
  const decisions = matrices.flatMap((matrix) =>
    matrix.cells.map((cell) => decideCell(texts, matrix, cell)),
  );

  beforeAll(() => {
    for (const matrix of matrices) {
      matrix.cells.forEach((cell) => {
        coverage.add(matrix, decideCell(texts, matrix, cell));
      });
    }
  });

  it.each([...fixtures.keys(), ...readGuardrails(policiesFolder()).map(({ id }) => id)])(
    'grant something and deny something under %s',
    (subject) => {
      expect(coverage.gaps(texts).filter((gap) => gap.subject === subject)).toEqual([]);
    },
  );

  it('deny something for each attribute that any of their rules asks for', () => {
    const blamed = new Set(
      decisions.flatMap(({ failed }) => failed.map(({ path }) => path as string)),
    );
    const asked = [...fixtures.keys()].flatMap((agreement) =>
      [...(fixtures.get(agreement)?.rules ?? []), ...guardrails].flatMap(({ condition }) =>
        [...JSON.stringify(condition).matchAll(/"path":"([^"]+)"/g)].map(([, path = '']) => path),
      ),
    );
    expect(asked.filter((path) => !blamed.has(path))).toEqual([]);
  });
});

describe('a fixture', () => {
  it.each([...fixtures.keys()])('%s has passed the rules that an agreement must pass', (name) => {
    const { datasets } = exampleFacts();
    const open = [...datasets].map(
      ([id, dataset]) => [id, { ...dataset, disclosesLocation: true }] as const,
    );
    const text = readFileSync(new URL(`tests/${name}`, policiesFolder()), 'utf8');
    const facts = exampleFacts({ datasets: new Map(open) });
    expect(checkTerms(readTerms(JSON.parse(text)), facts)).toEqual([]);
  });
});
