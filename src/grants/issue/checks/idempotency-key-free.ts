import { failed, type IssueCheck } from '../issue-context.js';

/** The Idempotency-Key is new, or came with this very body. */
export const idempotencyKeyFree: IssueCheck = {
  name: 'idempotencyKeyFree',
  code: 'idempotency_mismatch',
  check: ({ isKeyMismatched }) => !isKeyMismatched || failed,
};
