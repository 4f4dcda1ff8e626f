import type { IssueCheck } from '../issue-context.js';

/** The person has no other live grant under this request. */
export const noLiveTwin: IssueCheck = {
  name: 'noLiveTwin',
  code: 'grant_exists',
  check: ({ facts, refreshes }) =>
    facts.liveGrantId === null || facts.liveGrantId === refreshes || { grantId: facts.liveGrantId },
};
