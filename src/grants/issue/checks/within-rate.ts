import { failed, type IssueCheck } from '../issue-context.js';

/** The caller asks for no more grants per minute than configured. */
export const withinRate: IssueCheck = {
  name: 'withinRate',
  code: 'rate_limited',
  check: ({ isWithinRate }) => isWithinRate || failed,
};
