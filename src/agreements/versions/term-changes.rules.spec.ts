import fc from 'fast-check';
import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { amendmentKind, compareTerms } from './term-changes.rules.js';

const BEFORE = exampleTerms();
const [PROVIDING, RECEIVING] = BEFORE.parties as [
  (typeof BEFORE.parties)[number],
  (typeof BEFORE.parties)[number],
];
const [ITEM] = BEFORE.items as [NonNullable<typeof BEFORE.items>[number]];
const COUNT = { column: 'count', ops: ['in'] };
const AGGREGATE = { schema: 1, filters: [{ column: 'hour', ops: ['eq'] }, COUNT] };
const AGGREGATED = { ...BEFORE, items: [{ ...ITEM, aggregate: AGGREGATE }] } as DraftTerms;
const viewOf = (...names: readonly string[]): DraftTerms => ({
  ...BEFORE,
  items: [{ ...ITEM, view: { columns: names.map((name) => ({ name, from: 'count' })) } }],
});

describe('what changed, term by term', () => {
  it('is nothing between a version and itself', () => {
    expect(compareTerms(BEFORE, exampleTerms())).toEqual([]);
  });

  it.each<{
    name: string;
    before?: DraftTerms;
    after: DraftTerms;
    changes: readonly object[];
  }>([
    {
      name: 'a text',
      after: { ...BEFORE, title: 'Counts' },
      changes: [{ pointer: '/title', before: BEFORE.title, after: 'Counts' }],
    },
    {
      name: 'a term that is new',
      after: { ...BEFORE, maxDownloads: 5 },
      changes: [{ pointer: '/maxDownloads', before: null, after: 5 }],
    },
    {
      name: 'a list of codes, as one term',
      after: { ...BEFORE, prohibitedUses: ['onward_sharing'] },
      changes: [
        {
          pointer: '/prohibitedUses',
          before: ['onward_sharing', 'marketing'],
          after: ['onward_sharing'],
        },
      ],
    },
    {
      name: 'a member of a record',
      after: { ...BEFORE, dpia: { ...BEFORE.dpia, reason: 'None.' } },
      changes: [{ pointer: '/dpia/reason', before: BEFORE.dpia.reason, after: 'None.' }],
    },
    {
      name: 'a field of a dataset',
      after: { ...BEFORE, items: [{ ...ITEM, fields: [{ name: 'count', reason: 'It.' }] }] },
      changes: [
        { pointer: '/items/0/fields/0/reason', before: 'The measure itself.', after: 'It.' },
      ],
    },
    {
      name: 'a party that moved in the list and changed one contact',
      after: { ...BEFORE, parties: [{ ...RECEIVING, queryContact: 'new@example.org' }, PROVIDING] },
      changes: [
        {
          pointer: '/parties/0/queryContact',
          before: 'query@example.org',
          after: 'new@example.org',
        },
      ],
    },
    {
      name: 'what may be asked of a column',
      after: {
        ...AGGREGATED,
        items: [
          {
            ...ITEM,
            aggregate: { ...AGGREGATE, filters: [{ column: 'hour', ops: ['eq', 'in'] }, COUNT] },
          },
        ],
      } as DraftTerms,
      before: AGGREGATED,
      changes: [
        { pointer: '/items/0/aggregate/filters/0/ops', before: ['eq'], after: ['eq', 'in'] },
      ],
    },
    {
      name: 'the order alone, as one list',
      after: { ...BEFORE, parties: [RECEIVING, PROVIDING] },
      changes: [
        { pointer: '/parties', before: [PROVIDING, RECEIVING], after: [RECEIVING, PROVIDING] },
      ],
    },
    {
      name: 'a party that left',
      after: { ...BEFORE, parties: [PROVIDING] },
      changes: [{ pointer: '/parties/1', before: RECEIVING, after: null }],
    },
  ])('names $name', ({ before = BEFORE, after, changes }) => {
    expect(compareTerms(before, after)).toEqual(changes);
  });

  it('is the same both ways, with before and after exchanged', () => {
    const terms = fc.record({
      title: fc.string(),
      purposes: fc.array(fc.string(), { maxLength: 3 }),
      maxBytes: fc.option(fc.nat(), { nil: undefined }),
    }) as fc.Arbitrary<DraftTerms>;
    fc.assert(
      fc.property(terms, terms, (one, other) => {
        const back = compareTerms(other, one).map(({ pointer, before, after }) => ({
          pointer,
          before: after,
          after: before,
        }));
        expect(compareTerms(one, other)).toEqual(back);
      }),
    );
  });
});

describe('R3.2: an amendment is administrative', () => {
  const withContacts = (organisationId: string, changes: object): DraftTerms => ({
    ...BEFORE,
    parties: BEFORE.parties.map((party) =>
      party.organisationId === organisationId ? { ...party, ...changes } : party,
    ),
  });

  it.each<{ name: string; before?: DraftTerms; after: DraftTerms; kind: string }>([
    {
      name: 'a contact',
      after: withContacts(RECIPIENT.id, { breachContact: 'a@example.org' }),
      kind: 'administrative',
    },
    {
      name: 'the contact of subject access requests',
      after: { ...BEFORE, sarContact: 'sar@example.org' },
      kind: 'administrative',
    },
    {
      name: 'an assessment',
      after: { ...BEFORE, items: [{ ...ITEM, assessment: { result: 'passed' } }] } as object,
      kind: 'administrative',
    },
    {
      name: 'a signatory',
      after: withContacts(PROVIDER.id, { signatoryId: PROVIDER.owner }),
      kind: 'material',
    },
    { name: 'the end', after: { ...BEFORE, endsOn: '2028-05-31' }, kind: 'material' },
    { name: 'who is a party', after: { ...BEFORE, parties: [PROVIDING] }, kind: 'material' },
    { name: 'a dataset', after: { ...BEFORE, items: [] }, kind: 'material' },
    {
      name: 'a contact and a purpose',
      after: {
        ...withContacts(RECIPIENT.id, { queryContact: 'a@example.org' }),
        purposes: ['https://w3id.org/dpv#Marketing'],
      },
      kind: 'material',
    },
    {
      name: 'how a column of a view is made',
      before: viewOf('a'),
      after: viewOf('b'),
      kind: 'material',
    },
    {
      name: 'the order of the columns of a view (V1.1)',
      before: viewOf('a', 'b'),
      after: viewOf('b', 'a'),
      kind: 'material',
    },
    {
      name: 'what may be asked (V1.1)',
      before: AGGREGATED,
      after: {
        ...AGGREGATED,
        items: [{ ...ITEM, aggregate: { ...AGGREGATE, queriesPerDay: 5 } }],
      } as DraftTerms,
      kind: 'material',
    },
  ])('or not, when it changes $name: $kind', ({ before = BEFORE, after, kind }) => {
    expect(amendmentKind(before, after)).toBe(kind);
  });
});
