import type { AttributeInput } from '../../policy/attributes.js';
import type { Decision } from '../../policy/decision.js';
import { decide } from '../../policy/engine/decide.js';
import { confirm } from '../../policy/engine/snapshot.js';
import { UsageError } from '../usage-error.js';
import { FIXTURE_ID } from './fixture.js';
import type { PolicyTexts } from './policy-folder.js';
import type { Because, Cell, PolicyMatrix } from './policy-matrix.js';

/** When a matrix asks, unless it says. */
const NOW = '2026-11-24T12:00:00Z';

/** What the engine decides on one cell, under the agreement's own rules and the guardrails. */
export function decideCell(texts: PolicyTexts, matrix: PolicyMatrix, { values }: Cell): Decision {
  const { agreement, action, base, decision, axes, name } = matrix;
  const fixture = texts.fixtures.get(agreement);
  const snapshot = texts.snapshots.get(agreement);
  if (!fixture || !snapshot) {
    throw new UsageError(`${name}: there is no ${agreement}`);
  }
  const asked = Object.fromEntries(axes.map((path, at) => [path, values[at]])) as AttributeInput;
  const [item] = fixture.terms.items ?? [];
  const attributes: AttributeInput = { 'dataset.id': item?.datasetId, ...base, ...asked };
  const now = new Date(String(attributes['request.now'] ?? NOW));
  return decide(texts.engine, confirm(snapshot, now.getTime()), {
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

/** What is wrong with a cell, in one line; undefined when it came to what the matrix says. */
export function faultOf(
  { isGranted, because }: Cell,
  { outcome, failed, explanation }: Decision,
): string | undefined {
  if ((outcome === 'allow') !== isGranted) {
    return `should be ${isGranted ? 'granted' : 'denied'}: ${explanation}`;
  }
  const missing = because.find((reason) => !isBlamed(failed, reason));
  return missing && `should be denied for ${wordsOf(missing)}: ${explanation}`;
}

function isBlamed(failed: Decision['failed'], { path, clause, guardrail }: Because): boolean {
  return failed.some(
    (one) =>
      one.path === path &&
      (clause === undefined || one.clause === clause) &&
      (guardrail === undefined || one.guardrail === guardrail),
  );
}

function wordsOf({ path, clause, guardrail }: Because): string {
  return [path, clause, guardrail].filter((word) => word !== undefined).join(' ');
}
