import { failed, type IssueCheck } from '../issue-context.js';

/** The node decided, and by the policy version that this transaction locked. */
export const policyFresh: IssueCheck = {
  name: 'policyFresh',
  code: 'policy_unavailable',
  check: ({ facts, decision }) =>
    (decision?.policyVersion === facts.policyVersion &&
      decision.reason !== 'policy_unavailable' &&
      decision.reason !== 'engine_error') ||
    failed,
};
