import { failed, type IssueCheck } from '../issue-context.js';

/** The node decides by the policy version that this transaction locked. */
export const policyFresh: IssueCheck = {
  name: 'policyFresh',
  code: 'policy_unavailable',
  check: ({ facts, policyVersion }) => policyVersion === facts.policyVersion || failed,
};
