import { failed, type IssueCheck } from '../issue-context.js';

const MIN_WINDOW_MS = 30_000;

/** At least 30 seconds are left of all that bounds the grant, and of a byte budget something. */
export const windowOpen: IssueCheck = {
  name: 'windowOpen',
  code: 'grant_window_closed',
  check: ({ expiresAt, now, isBudgetLeft }) =>
    (isBudgetLeft && expiresAt.getTime() - now.getTime() >= MIN_WINDOW_MS) || failed,
};
