import { readFileSync } from 'node:fs';
import { decideCell } from '../../src/cli/policy/decide-cell.js';
import { readPolicyTexts } from '../../src/cli/policy/policy-folder.js';
import { sameCell, type Cell } from '../../src/cli/policy/policy-matrix.js';
import { readTerms } from '../../src/agreements/terms/read-terms.js';
import { checkTerms } from '../../src/agreements/terms/terms.rules.js';
import { policiesFolder, readGuardrails } from '../../src/policy/storage/policy-files.js';
import { exampleFacts } from '../support/agreement-terms.js';

const texts = await readPolicyTexts(undefined);
const { matrices, fixtures, guardrails } = texts;

describe.each(matrices)('$name', (matrix) => {
  const isGranted = (cell: Cell): boolean =>
    matrix.granted.some((listed) => sameCell(listed, cell));
  const cells = matrix.cells.map(
    (cell) => [isGranted(cell) ? 'grants' : 'denies', JSON.stringify(cell), cell] as const,
  );

  it.each(cells)('%s %s', (verdict, _name, cell) => {
    const { outcome, failed, explanation } = decideCell(texts, matrix, cell);
    expect([outcome, explanation]).toEqual([verdict === 'grants' ? 'allow' : 'deny', explanation]);
    for (const { path, clause, guardrail } of failed) {
      expect([path, clause ?? guardrail]).toEqual([path, expect.any(String)]);
    }
    expect(failed.length > 0).toBe(outcome === 'deny');
  });

  it.each(matrix.because.map((because) => [JSON.stringify(because.cell), because] as const))(
    'denies %s because of what it says',
    (_name, { cell, ...reason }) => {
      expect(decideCell(texts, matrix, cell).failed).toContainEqual(
        expect.objectContaining(reason),
      );
    },
  );
});

describe('the matrices together', () => {
  const decisions = matrices.flatMap((matrix) =>
    matrix.cells.map((cell) => ({ matrix, decision: decideCell(texts, matrix, cell) })),
  );
  const outcomes = (chosen: typeof decisions): ReadonlySet<string> =>
    new Set(chosen.map(({ decision }) => decision.outcome));

  it.each([...fixtures.keys()])('grant and deny something under %s', (agreement) => {
    const chosen = decisions.filter(({ matrix }) => matrix.agreement === agreement);
    expect(outcomes(chosen)).toEqual(new Set(['allow', 'deny']));
  });

  it.each(readGuardrails(policiesFolder()))('let $id pass and fire', ({ id, actions }) => {
    const chosen = decisions.filter(({ matrix }) => actions.includes(matrix.action));
    const firing = chosen.filter(({ decision }) =>
      decision.failed.some(({ guardrail }) => guardrail === id),
    );
    expect(outcomes(chosen)).toContain('allow');
    expect(outcomes(firing)).toEqual(new Set(['deny']));
  });

  it('deny something for each attribute that any of their rules asks for', () => {
    const blamed = new Set(
      decisions.flatMap(({ decision }) => decision.failed.map(({ path }) => path as string)),
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
