import { failed, type IssueCheck } from '../issue-context.js';

const MAX_PROBE_AGE_MS = 26 * 3_600_000;

/** The store is ready and its last probe passed within 26 hours. */
export const storeProven: IssueCheck = {
  name: 'storeProven',
  code: 'store_not_ready',
  check: ({ facts: { store }, now }) =>
    (store?.status === 'ready' &&
      store.probePassed === true &&
      store.probedAt !== null &&
      now.getTime() - Date.parse(store.probedAt) <= MAX_PROBE_AGE_MS) ||
    failed,
};
