import { datasetFrom, datasetTyped } from './dataset-form.js';
import type { OwnDatasetView } from '../dataset.view.js';

describe('the form of a dataset', () => {
  it('reads a form and a column from a line each', () => {
    const typed = {
      distributions: 'CSV files | text/csv | csv/\nOpen copy|text/csv|https://data.example/a.csv',
      fields: 'street | string | none | Where it was\ncount',
    };
    expect(datasetFrom(typed)).toMatchObject({
      distributions: [
        { title: 'CSV files', mediaType: 'text/csv', path: 'csv/' },
        { title: 'Open copy', mediaType: 'text/csv', downloadUrl: 'https://data.example/a.csv' },
      ],
      fields: [
        { name: 'street', type: 'string', class: 'none', description: 'Where it was' },
        { name: 'count', type: 'string', description: '' },
      ],
      languages: ['ENG'],
      temporal: null,
      storeId: null,
    });
  });

  it('shows what a dataset says, and gives it back as it was', () => {
    const dataset = {
      title: 'Footfall',
      description: 'By the hour',
      publisher: 'Borough',
      contact: 'data@borough.example',
      access: 'shared',
      accessReason: 'By agreement',
      visibility: 'public',
      sensitivity: 'public',
      storeId: 'a',
      prefix: 'counts/',
      distributions: [
        { id: 'd', title: 'CSV', mediaType: 'text/csv', downloadUrl: null, accessUrl: null },
      ],
      paths: { d: 'csv/' },
      fields: [{ name: 'street', type: 'string', class: 'none', description: 'Where | when' }],
      frequency: null,
      themes: ['TRAN'],
      keywords: ['street'],
      tags: [],
      languages: ['ENG'],
      spatial: null,
      places: [{ code: 'E09000007', name: 'Camden' }],
      temporal: { startsOn: '2025' },
      licence: 'DATA_SHARE_AGREEMENT',
      qualityNotes: null,
      landingPage: null,
    } as unknown as OwnDatasetView;
    expect(datasetFrom(datasetTyped(dataset))).toMatchObject({
      title: 'Footfall',
      distributions: [{ title: 'CSV', mediaType: 'text/csv', path: 'csv/' }],
      fields: [{ name: 'street', type: 'string', class: 'none', description: 'Where | when' }],
      places: ['E09000007'],
      temporal: { startsOn: '2025' },
      frequency: null,
    });
  });
});
