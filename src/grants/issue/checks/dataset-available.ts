import type { AccessFacts } from '../../../requests/access-facts.js';
import { NO_STORE } from '../../../requests/no-store.js';
import type { IssueCheck } from '../issue-context.js';

/** The dataset lies in a store and is published; if it is files, sealed; if it is a feed, looked at once, so that what is new is known. */
export const datasetAvailable: IssueCheck = {
  name: 'datasetAvailable',
  code: 'dataset_unavailable',
  check: ({ facts: { dataset, store } }) =>
    store === null
      ? NO_STORE
      : (dataset.status === 'published' && isReady(dataset)) || { status: dataset.status },
};

function isReady({ kind, sealedVersion, feed }: AccessFacts['dataset']): boolean {
  return kind === 'feed' ? feed?.isWatched === true : sealedVersion !== null;
}
