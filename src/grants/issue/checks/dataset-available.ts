import type { IssueCheck } from '../issue-context.js';

/** The dataset is published and, if it is files, sealed. */
export const datasetAvailable: IssueCheck = {
  name: 'datasetAvailable',
  code: 'dataset_unavailable',
  check: ({ facts }) =>
    (facts.dataset.status === 'published' &&
      (facts.dataset.kind !== 'files' || facts.dataset.sealedVersion !== null)) || {
      status: facts.dataset.status,
    },
};
