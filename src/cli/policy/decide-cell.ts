import type { AttributeInput } from '../../policy/attributes.js';
import type { Decision } from '../../policy/decision.js';
import { decide } from '../../policy/engine/decide.js';
import { snapshotOf } from '../../policy/engine/snapshot.js';
import { UsageError } from '../usage-error.js';
import { FIXTURE_ID } from './fixture.js';
import type { PolicyTexts } from './policy-folder.js';
import { sameCell, type Because, type Cell, type PolicyMatrix } from './policy-matrix.js';

/** When a matrix asks, unless it says. */
const NOW = '2026-11-24T12:00:00Z';

/** What the engine decides on one cell, under the agreement's own rules and the guardrails. */
export function decideCell(texts: PolicyTexts, matrix: PolicyMatrix, cell: Cell): Decision {
  const { agreement, action, base, decision, axes, name } = matrix;
  const fixture = texts.fixtures.get(agreement);
  if (!fixture) {
    throw new UsageError(`${name}: there is no ${agreement}`);
  }
  const values = Object.fromEntries(axes.map((path, at) => [path, cell[at]])) as AttributeInput;
  const [item] = fixture.terms.items ?? [];
  const attributes: AttributeInput = { 'dataset.id': item?.datasetId, ...base, ...values };
  const now = new Date(String(attributes['request.now'] ?? NOW));
  const rules = [...fixture.rules, ...texts.guardrails];
  return decide(texts.engine, snapshotOf(1, rules, now.getTime()), {
    key: {
      agreementId: FIXTURE_ID,
      agreementVersion: 1,
      datasetId: String(attributes['dataset.id']),
      action,
    },
    attributes,
    narrowing: decision,
    decisionId: FIXTURE_ID,
    now,
  });
}

/** What is wrong with a cell, in one line; undefined when it is as the matrix says. */
export function faultOf(texts: PolicyTexts, matrix: PolicyMatrix, cell: Cell): string | undefined {
  const decision = decideCell(texts, matrix, cell);
  const isGranted = matrix.granted.some((listed) => sameCell(listed, cell));
  if ((decision.outcome === 'allow') !== isGranted) {
    const wanted = isGranted ? 'granted' : 'denied';
    return `should be ${wanted}: ${decision.explanation}`;
  }
  const missing = matrix.because
    .filter((because) => sameCell(because.cell, cell))
    .find((because) => !isBlamed(decision, because));
  return missing && `should be denied for ${missing.path}: ${decision.explanation}`;
}

function isBlamed({ failed }: Decision, { path, clause, guardrail }: Because): boolean {
  return failed.some(
    (one) =>
      one.path === path &&
      (clause === undefined || one.clause === clause) &&
      (guardrail === undefined || one.guardrail === guardrail),
  );
}
