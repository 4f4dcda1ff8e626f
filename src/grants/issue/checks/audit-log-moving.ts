import { failed, type IssueCheck } from '../issue-context.js';

const MAX_LOG_AGE_MS = 15 * 60_000;

/** The public log, once it runs, was published within 15 minutes (A8). */
export const auditLogMoving: IssueCheck = {
  name: 'auditLogMoving',
  code: 'audit_log_stalled',
  check: ({ facts, now }) =>
    facts.logPublishedAt === null ||
    now.getTime() - Date.parse(facts.logPublishedAt) <= MAX_LOG_AGE_MS ||
    failed,
};
