import { failed, type IssueCheck } from '../issue-context.js';

/** Someone is calling: the guard found a registered person behind the token. */
export const callerAuthenticated: IssueCheck = {
  name: 'callerAuthenticated',
  code: 'unauthenticated',
  check: ({ principal }) => principal !== undefined || failed,
};
