import type { PublicFields } from '../../../kernel/errors.js';
import type { Decision } from '../../../policy/decision.js';
import type { IssueCheck } from '../issue-context.js';

/** Casbin allows it: the agreement’s rule holds and no guardrail or deny fires. */
export const policyAllows: IssueCheck = {
  name: 'policyAllows',
  code: 'policy_denied',
  check: ({ decision }) => decision?.outcome === 'allow' || refusal(decision),
};

/** What a refusal says: the decision, its reason, and each attribute with the clause or guardrail that it failed. */
export function refusal(decision: Decision | undefined): PublicFields {
  return decision === undefined
    ? {}
    : {
        detail: decision.explanation,
        decisionId: decision.decisionId,
        reason: decision.reason,
        failed: decision.failed.map(
          ({ agreement, guardrail, clause, path, op, expected, actual }) => ({
            agreement,
            guardrail,
            clause,
            attribute: path,
            op,
            expected,
            actual,
          }),
        ),
      };
}
