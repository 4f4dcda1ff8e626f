import { failed, type IssueCheck } from '../issue-context.js';

/** The person is a live researcher of the organisation, and a member of an active project. */
export const affiliationLive: IssueCheck = {
  name: 'affiliationLive',
  code: 'affiliation_ended',
  check: ({ facts }) =>
    (facts.affiliation !== null && facts.project.isMember && facts.project.status === 'active') ||
    failed,
};
