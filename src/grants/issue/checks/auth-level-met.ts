import type { IssueCheck } from '../issue-context.js';

/** The sign-in is as strong as the agreement asks. */
export const authLevelMet: IssueCheck = {
  name: 'authLevelMet',
  code: 'step_up_required',
  check: ({ facts, principal }) =>
    (principal?.authLevel ?? 0) >= (facts.agreement.terms.minAuth === 'aal3' ? 3 : 2) || {
      required: facts.agreement.terms.minAuth,
    },
};
