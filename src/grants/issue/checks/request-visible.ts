import { failed, type IssueCheck } from '../issue-context.js';

/** The access request is the caller’s own: a grant has one holder. */
export const requestVisible: IssueCheck = {
  name: 'requestVisible',
  code: 'not_found',
  check: ({ principal, facts }) => facts.request.requesterId === principal?.personId || failed,
};
