import { datasetTag } from './dataset-tag.js';

describe('the tag of a dataset', () => {
  it.each([
    ['open', 'published', 'Open'],
    ['shared', 'published', 'Shared'],
    ['closed', 'published', 'Closed'],
    ['open', 'frozen', 'Frozen'],
  ])('of a dataset with access %s that is %s says "%s"', (access, status, text) => {
    expect(datasetTag(access, status).text).toBe(text);
  });
});
