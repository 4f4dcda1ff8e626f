import type { Json } from '../kernel/canonical-json.js';
import { ConcordatError } from '../kernel/errors.js';
import type { Decision, FailedClause } from './decision.js';

/**
 * The error of a decision that denies: 403 `policy_denied` with each failed attribute and its clause or guardrail, or 503
 * `policy_unavailable` when policy could not decide. Record the decision before throwing it.
 */
export function policyRefusal(decision: Decision): ConcordatError {
  const { decisionId, reason, explanation } = decision;
  if (reason === 'policy_unavailable' || reason === 'engine_error') {
    return new ConcordatError('policy_unavailable', { decisionId });
  }
  return new ConcordatError('policy_denied', {
    detail: explanation,
    decisionId,
    reason,
    failed: decision.failed.map(shownClause),
  });
}

/** A dataset's own rule is its owner's: that it stands in the way, and on what, is all that others read of it. */
function shownClause(clause: FailedClause): Json {
  if (clause.guardrail?.startsWith('D') !== true) {
    return { ...clause };
  }
  const { ruleId, agreement, guardrail, path, actual } = clause;
  return { ruleId, agreement, guardrail, clause: null, path, actual };
}

/** The failed clauses as JSON, for a decision record. */
export function failedClauses({ failed }: Decision): readonly Json[] {
  return failed.map((clause) => ({ ...clause }));
}
