import fc from 'fast-check';
import { COLUMN_NAMES, cellsOf, changesIn, columnAt } from './metadata-columns.rules.js';

const IDENTIFYING = 3;
const cellsByName = (description: Readonly<Record<string, unknown>>): Map<string, string> =>
  new Map(cellsOf(description).map((cell, at) => [COLUMN_NAMES[at + IDENTIFYING] ?? '', cell]));

const DESCRIPTION = {
  title: 'Footfall',
  description: 'By the hour.\nEvery day.',
  access: 'shared',
  keywords: ['a', 'b|c', 'd\\e'],
  temporal: { startsOn: '2026-01-01', endsOn: '2026-02-01' },
  steward: { personId: '01990000-0000-7000-8000-0000000000a1', contact: 'data@example.org' },
  fields: [{ name: 'count' }],
};

describe('a description as cells', () => {
  it('says nothing new when it comes back as it was', () => {
    expect(changesIn(cellsByName(DESCRIPTION), DESCRIPTION)).toEqual({});
  });

  it('comes back the same from any text and any list', () => {
    const lists = fc.array(
      fc
        .stringMatching(/^[\\|a=' ]{0,6}[b|\\]$/)
        .map((one) => one.trim())
        .filter((one) => !one.startsWith("'")),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), lists, (title, keywords) => {
        const description = { title, ...(keywords.length > 0 ? { keywords } : {}) };
        const cells = cellsByName(description);
        expect(changesIn(cells, description)).toEqual({});
        expect(changesIn(new Map([['keywords', cells.get('keywords') ?? '']]), {})).toEqual(
          keywords.length > 0 ? { keywords } : {},
        );
      }),
    );
  });

  it('is what a spreadsheet keeps: other line ends, and formulas that are guarded', () => {
    const before = { title: '=Rising', description: 'a\nb', keywords: ['-x'] };
    const cells = new Map([
      ['title', "'=Rising"],
      ['description', 'a\r\nb'],
      ['keywords', "'-x"],
    ]);
    expect(changesIn(cells, before)).toEqual({});
    expect(changesIn(new Map([['title', "'=Falling"]]), before)).toEqual({ title: '=Falling' });
  });

  it.each([
    ['a new text', { title: 'Other' }, { title: 'Other' }],
    ['an empty cell', { accessReason: '' }, {}],
    ['a text that is taken out', { title: '' }, { title: null }],
    ['a list', { keywords: ' x | y\\|z |' }, { keywords: ['x', 'y|z'] }],
    ['a list that is taken out', { keywords: '' }, { keywords: null }],
    [
      'one of two days',
      { temporalEndsOn: '2026-03-01' },
      { temporal: { startsOn: '2026-01-01', endsOn: '2026-03-01' } },
    ],
    ['no day', { temporalStartsOn: '', temporalEndsOn: '' }, { temporal: null }],
    [
      'a contact beside a person',
      { stewardContact: '' },
      { steward: { personId: DESCRIPTION.steward.personId } },
    ],
    ['columns that are not its own', { id: 'x', version: 'y', status: 'z' }, {}],
  ])('changes by %s', (_, cells, changes) => {
    expect(changesIn(new Map(Object.entries(cells)), DESCRIPTION)).toEqual(changes);
  });

  it.each([
    ['/title', 'title'],
    ['/tags/3', 'tags'],
    ['/temporal/endsOn', 'temporalEndsOn'],
    ['/temporal', 'temporalStartsOn'],
    ['/distributions', 'distributions'],
    ['/steward/personId', 'stewardContact'],
  ])('a fault at %s is in the column %s', (pointer, column) => {
    expect(columnAt(pointer)).toBe(column);
  });
});
