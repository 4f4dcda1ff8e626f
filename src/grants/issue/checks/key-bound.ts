import { failed, type IssueCheck } from '../issue-context.js';

/** Where the agreement asks for proof of possession there is one; the broker takes none yet, so such an agreement grants nothing. */
export const keyBound: IssueCheck = {
  name: 'keyBound',
  code: 'dpop_required',
  check: ({ facts }) => !facts.agreement.terms.dpop || failed,
};
