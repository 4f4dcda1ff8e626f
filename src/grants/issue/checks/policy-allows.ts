import { policyRefusal } from '../../../policy/refusal.js';
import { failed, type IssueCheck } from '../issue-context.js';

/** Casbin allows it: the agreement’s rule holds and no guardrail or deny fires. */
export const policyAllows: IssueCheck = {
  name: 'policyAllows',
  code: 'policy_denied',
  check: ({ decision }) =>
    decision?.outcome === 'allow' || (decision ? policyRefusal(decision).fields : failed),
};
