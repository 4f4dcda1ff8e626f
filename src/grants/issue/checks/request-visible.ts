import { failed, type IssueCheck } from '../issue-context.js';

/** The access request is there, and the caller’s own: a grant has one holder. */
export const requestVisible: IssueCheck = {
  name: 'requestVisible',
  code: 'not_found',
  check: ({ principal, requesterId }) =>
    (requesterId !== undefined && requesterId === principal?.personId) || failed,
};
