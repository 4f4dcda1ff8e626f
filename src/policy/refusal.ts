import type { Json } from '../kernel/canonical-json.js';
import { ConcordatError } from '../kernel/errors.js';
import type { Decision } from './decision.js';

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
    failed: failedClauses(decision),
  });
}

/** The failed clauses as JSON, for a problem document or a decision record. */
export function failedClauses({ failed }: Decision): readonly Json[] {
  return failed.map((clause) => ({ ...clause }));
}
