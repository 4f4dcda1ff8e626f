import { CkanQueryError, isNewestFirst, toPublicQuery } from './ckan-query.rules.js';

const ORGANISATION = '0199a1b2-0000-7000-8000-000000000001';

describe('what a CKAN client asks for', () => {
  it.each([
    [undefined, undefined, {}],
    ['*:*', undefined, {}],
    ['*', '*:*', {}],
    ['air quality', undefined, { words: 'air quality' }],
    ['*:* ', 'tags:air', { keyword: 'air' }],
    ['who: me', 'tags:"air quality"', { words: 'who: me', keyword: 'air quality' }],
    [
      'x',
      `organization:${ORGANISATION} AND res_format:"text/csv"`,
      { words: 'x', organisationId: ORGANISATION, mediaType: 'text/csv' },
    ],
    [
      undefined,
      `+owner_org:"${ORGANISATION}" +groups:(TRAN)`,
      { organisationId: ORGANISATION, theme: 'TRAN' },
    ],
    [undefined, 'dataset_type:dataset +state:active', {}],
    [
      undefined,
      'metadata_modified:[2026-01-02T03:04:05Z TO *]',
      { modifiedSince: new Date('2026-01-02T03:04:05Z') },
    ],
    [undefined, 'license_id:uk-ogl', { licence: 'uk-ogl' }],
  ])('q %j with fq %j', (q, fq, query) => {
    expect(toPublicQuery(q, fq)).toEqual(query);
  });

  it.each([
    ['words', 'air'],
    ['an alternative', 'tags:a OR tags:b'],
    ['an exclusion', '-tags:a'],
    ['an unknown field', 'capacity:public'],
    ['a member of every object', 'constructor:x'],
    ['an organisation by name', 'organization:camden'],
    ['a time that is none', 'metadata_modified:[yesterday TO *]'],
    ['a time without an end', 'metadata_modified:2026-01-01T00:00:00Z'],
    ['SQL', "tags:a'); DROP TABLE dataset; --"],
  ])('is refused as fq when it is %s', (_what, fq) => {
    expect(() => toPublicQuery(undefined, fq)).toThrow(CkanQueryError);
  });

  it.each([
    ['metadata_modified desc', true],
    [' Metadata_Modified DESC, name asc', true],
    ['metadata_modified asc', false],
    ['score desc, metadata_modified desc', false],
    [undefined, false],
  ])('in the order %j', (sort, isNewest) => {
    expect(isNewestFirst(sort)).toBe(isNewest);
  });
});
