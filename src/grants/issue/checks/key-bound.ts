import { failed, type IssueCheck } from '../issue-context.js';

/**
 * A grant that is bound to a key is refreshed by whoever holds it; and where the agreement asks for proof of possession, a
 * grant has such a key from the start (RFC 9449).
 */
export const keyBound: IssueCheck = {
  name: 'keyBound',
  code: 'dpop_required',
  check: ({ principal, refreshes, boundTo, facts }) => {
    const proven = principal?.jkt ?? null;
    const isHolder = boundTo === null || proven === boundTo;
    const key = refreshes === undefined ? proven : boundTo;
    return (isHolder && (key !== null || !facts.agreement.terms.dpop)) || failed;
  },
};
