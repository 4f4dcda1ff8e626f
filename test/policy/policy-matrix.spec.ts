import { compilePublication } from '../../src/agreements/lifecycle/publication.js';
import { Vocabularies } from '../../src/agreements/vocabularies.js';
import type { AttributeInput } from '../../src/policy/attributes.js';
import type { Decision } from '../../src/policy/decision.js';
import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { decide } from '../../src/policy/engine/decide.js';
import { snapshotOf, type PolicyRule } from '../../src/policy/engine/snapshot.js';
import {
  policiesFolder,
  readGuardrails,
  readModel,
} from '../../src/policy/storage/policy-files.js';
import { FOOTFALL } from '../support/agreement-terms.js';
import { AGREEMENT_ID, anAllow, NOW, shippedGuardrails } from '../support/policy-rules.js';
import {
  readFixtures,
  readMatrices,
  sameCell,
  type Cell,
  type PolicyMatrix,
} from './policy-matrix.js';

const engine = await DataEngine.load(readModel(policiesFolder()));
const vocabularies = new Vocabularies();
const fixtures = readFixtures();
const matrices = readMatrices();
const guardrails = shippedGuardrails();

/** The allow rules that an agreement's activation would publish, and the shipped guardrails. */
function rulesOf(agreement: string): readonly PolicyRule[] {
  const terms = fixtures.get(agreement);
  if (!terms) {
    throw new Error(`There is no ${agreement}`);
  }
  const reference = agreement.slice('fixtures/'.length, -'.json'.length).toUpperCase();
  const version = { id: AGREEMENT_ID, version: 1, reference, parties: [] } as unknown as Parameters<
    typeof compilePublication
  >[0];
  const { rules } = compilePublication(version, terms, vocabularies);
  return [...rules.map((rule) => anAllow(rule.condition, { ...rule, reference })), ...guardrails];
}

function decisionOn(
  { agreement, action, base, decision, axes }: PolicyMatrix,
  cell: Cell,
): Decision {
  const values = Object.fromEntries(axes.map((path, at) => [path, cell[at]])) as AttributeInput;
  const now = new Date(String(values['request.now'] ?? NOW.toISOString()));
  return decide(engine, snapshotOf(1, rulesOf(agreement), now.getTime()), {
    key: { agreementId: AGREEMENT_ID, agreementVersion: 1, datasetId: FOOTFALL, action },
    attributes: { 'dataset.id': FOOTFALL, ...base, ...values },
    narrowing: decision,
    decisionId: AGREEMENT_ID,
    now,
  });
}

describe.each(matrices)('$name', (matrix) => {
  const isGranted = (cell: Cell): boolean =>
    matrix.granted.some((listed) => sameCell(listed, cell));
  const cells = matrix.cells.map(
    (cell) => [isGranted(cell) ? 'grants' : 'denies', JSON.stringify(cell), cell] as const,
  );

  it.each(cells)('%s %s', (verdict, _name, cell) => {
    const { outcome, failed, explanation } = decisionOn(matrix, cell);
    expect([outcome, explanation]).toEqual([verdict === 'grants' ? 'allow' : 'deny', explanation]);
    for (const { path, clause, guardrail } of failed) {
      expect([path, clause ?? guardrail]).toEqual([path, expect.any(String)]);
    }
    expect(failed.length > 0).toBe(outcome === 'deny');
  });

  it.each(matrix.because.map((because) => [JSON.stringify(because.cell), because] as const))(
    'denies %s because of what it says',
    (_name, { cell, ...reason }) => {
      expect(decisionOn(matrix, cell).failed).toContainEqual(expect.objectContaining(reason));
    },
  );
});

describe('the matrices together', () => {
  const decisions = matrices.flatMap((matrix) =>
    matrix.cells.map((cell) => ({ matrix, decision: decisionOn(matrix, cell) })),
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
      rulesOf(agreement).flatMap(({ condition }) =>
        [...JSON.stringify(condition).matchAll(/"path":"([^"]+)"/g)].map(([, path = '']) => path),
      ),
    );
    expect(asked.filter((path) => !blamed.has(path))).toEqual([]);
  });
});
