import type { IssueCheck } from '../issue-context.js';

/** The researcher accepted this very version (R3.4). */
export const undertakingCurrent: IssueCheck = {
  name: 'undertakingCurrent',
  code: 'undertaking_stale',
  check: ({ facts }) =>
    facts.request.undertakingHash === facts.agreement.versionHash || {
      currentHash: facts.agreement.versionHash,
    },
};
