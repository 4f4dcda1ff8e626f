import type { IssueCheck } from '../issue-context.js';

/** The access request is approved and nothing has closed it. */
export const requestApproved: IssueCheck = {
  name: 'requestApproved',
  code: 'request_not_approved',
  check: ({ facts }) => facts.request.status === 'approved' || { status: facts.request.status },
};
