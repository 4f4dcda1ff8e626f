import { isConcordatError } from '../kernel/errors.js';
import { readVocabularies } from './catalogue-vocabularies.js';
import { checkDescription, type DescriptionFacts } from './dataset-description.rules.js';

const TERMS = { ...readVocabularies(), today: '2026-05-01' };

const UNREASONED: DescriptionFacts = {
  access: 'shared',
  sensitivity: 'internal',
  fields: [
    { name: 'at', class: 'quasi' },
    { name: 'count', class: 'other' },
  ],
  languages: ['ENG'],
  places: [],
  storeId: 's',
  prefix: 'footfall/2026/',
  distributions: [{ path: '' }, { path: 'csv/' }],
};
const SOUND: DescriptionFacts = { ...UNREASONED, accessReason: 'By agreement' };

function faultsOf(
  changes: Partial<DescriptionFacts>,
  { base = SOUND, today = TERMS.today } = {},
): readonly string[] {
  try {
    checkDescription({ ...base, ...changes }, { ...TERMS, today });
    return [];
  } catch (error) {
    return isConcordatError(error, 'input_invalid')
      ? (error.fields.errors ?? []).map(({ pointer, reason }) => `${pointer} ${reason}`)
      : ['another error'];
  }
}

describe('a description', () => {
  it.each<[string, Partial<DescriptionFacts>]>([
    ['as it should be', {}],
    ['open, with a licence', { access: 'open', licence: 'OGL-UK-3.0' }],
    ['of one day', { temporal: { startsOn: '2026-01-01', endsOn: '2026-01-01' } }],
    ['without an end', { temporal: { startsOn: '2026-01-01' } }],
    ['of a place, for a day of the EU’s table', { places: ['E09000007'], frequency: '15MIN' }],
    ['of a point', { bbox: [-0.1, 51.5, -0.1, 51.5] }],
    ['in two languages', { languages: ['ENG', 'CYM'] }],
    ['with a steward', { steward: { contact: 'Data team' } }],
  ])('%s passes', (_what, changes) => {
    expect(faultsOf(changes)).toEqual([]);
  });

  it('of data that is not open needs a reason', () => {
    const base = UNREASONED;
    const fault = '/accessReason is required unless access is open';
    expect(faultsOf({}, { base })).toEqual([fault]);
    expect(faultsOf({ access: 'closed' }, { base })).toEqual([fault]);
    expect(faultsOf({ access: 'open', licence: 'OGL-UK-3.0' }, { base })).toEqual([]);
  });

  it.each<[Partial<DescriptionFacts>, string]>([
    [{ access: 'open' }, '/licence is required for open data'],
    [{ sensitivity: 'secret' }, '/sensitivity is no term of the vocabulary'],
    [{ fields: [{ name: 'a', class: 'id' }] }, '/fields/0/class is no term of the vocabulary'],
    [
      {
        fields: [
          { name: 'a', class: 'other' },
          { name: 'a', class: 'direct' },
        ],
      },
      '/fields/1/name stands twice',
    ],
    [{ temporal: { startsOn: '2026-02-30' } }, '/temporal/startsOn must be a day, YYYY-MM-DD'],
    [
      { temporal: { startsOn: '2026-02-02', endsOn: '2026-02-01' } },
      '/temporal/endsOn must not be before startsOn',
    ],
    [{ prefix: 'footfall' }, '/prefix must end in "/"'],
    [{ prefix: '/footfall/' }, '/prefix has an empty, "." or ".." segment'],
    [{ prefix: '/' }, '/prefix has an empty, "." or ".." segment'],
    [{ prefix: 'a/../b/' }, '/prefix has an empty, "." or ".." segment'],
    [{ prefix: 'a%2e%2e/' }, '/prefix has an encoded dot, slash or backslash'],
    [{ prefix: 'a\\b/' }, '/prefix has a backslash'],
    [{ prefix: 'a\u0007/' }, '/prefix has a control character'],
    [{ prefix: `${'a'.repeat(2_000)}/` }, '/prefix is over 1024 bytes'],
    [{ distributions: [{ path: '' }, { path: 'csv' }] }, '/distributions/1/path must end in "/"'],
    [
      { distributions: [{ path: '../other/' }] },
      '/distributions/0/path has an empty, "." or ".." segment',
    ],
    [
      { distributions: [{ path: '/csv/' }] },
      '/distributions/0/path has an empty, "." or ".." segment',
    ],
    [{ frequency: 'SOMETIMES' }, '/frequency is no term of the vocabulary'],
    [{ languages: ['ENG', 'QQQ'] }, '/languages/1 is no known language'],
    [{ steward: {} }, '/steward must name a person or a contact'],
    [{ places: ['E09000007', 'E09000099'] }, '/places/1 is no known place'],
    [{ bbox: [-200, 51, 0, 52] }, '/bbox must be degrees: west, south, east, north'],
    [{ bbox: [51, -0.2, 52, -91] }, '/bbox must be degrees: west, south, east, north'],
    [{ bbox: [0.2, 51, -0.2, 52] }, '/bbox must have west before east and south before north'],
    [{ bbox: [-0.2, 52, 0.2, 51] }, '/bbox must have west before east and south before north'],
  ])('with %j: %s', (changes, fault) => {
    expect(faultsOf(changes)).toEqual([fault]);
  });

  it('R2.6: uses no term before its first day', () => {
    expect(faultsOf({}, { today: '2025-12-31' })).toHaveLength(3);
  });
});
