import { exampleFacts, exampleTerms } from '../../../../test/support/agreement-terms.js';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { readTerms } from '../read-terms.js';
import { checkTerms } from '../terms.rules.js';
import type { AgreementTerms, DraftTerms, ItemTerms } from '../terms.types.js';
import type { AggregateTerms, AgreedTable } from './release.types.js';

const [raw] = exampleTerms().items as [ItemTerms];
const DECLARED = [
  { name: 'nhs_no', type: 'text', class: 'direct' },
  { name: 'email', type: 'text', class: 'direct' },
  { name: 'borough', type: 'text', class: 'quasi' },
  { name: 'seen_on', type: 'date', class: 'quasi' },
  { name: 'age', type: 'integer', class: 'quasi' },
  { name: 'cost', type: 'number', class: 'sensitive' },
];
/** What each protection has in common. */
const rest = {
  schema: 1,
  unit: { column: 'nhs_no' },
  dimensions: [
    { column: 'borough', keys: 'public', values: ['E09000007'] },
    { column: 'seen_on', bins: ['quarter'], keys: 'private' },
  ],
  filters: [{ column: 'age', ops: ['between'], grain: '5' }],
  measures: [{ fn: 'units' }, { fn: 'sum', column: 'cost', low: '0', high: '5000', scale: 100 }],
  queriesPerDay: 50,
} as const satisfies Partial<AggregateTerms>;
const budget = {
  accountant: 'pure',
  epsilon: '2',
  delta: '0.000001',
  maxEpsilonPerQuery: '0.5',
} as const;
/** The example of privacy.md section 4. */
const free: AggregateTerms = {
  ...rest,
  protection: 'dp',
  maxGroupsPerUnit: 3,
  maxRowsPerUnitGroup: 10,
  budget,
};
const table: AgreedTable = {
  name: 'by_borough',
  groupBy: [{ column: 'borough' }, { column: 'seen_on', bin: 'quarter' }],
  where: [{ column: 'age', op: 'between', value: ['20', '65'] }],
  measures: [{ fn: 'units' }, { fn: 'sum', column: 'cost' }],
};
const listed: AggregateTerms = { ...rest, protection: 'round5', preset: 'hesa', tables: [table] };
const BASE = '/items/0/aggregate';

function termsOf(aggregate: object | undefined, changes: object = {}): AgreementTerms {
  const fields = DECLARED.map(({ name }) => ({ name, reason: 'For the tables.' }));
  const item = { ...raw, fields, release: 'aggregate', aggregate, ...changes } as ItemTerms;
  return exampleTerms({ modes: ['aggregate'], actions: ['aggregate:query'], items: [item] });
}

function faultsOf(terms: DraftTerms, fields = DECLARED): string[] {
  const datasets = new Map(
    [...exampleFacts().datasets].map(([id, dataset]) => [id, { ...dataset, fields }]),
  );
  return checkTerms(terms, exampleFacts({ datasets })).map(({ pointer }) => pointer);
}
const inside = (members: readonly string[]): string[] => members.map((name) => `${BASE}/${name}`);

describe('the aggregate of an item', () => {
  it.each<[string, AggregateTerms]>([
    ['free queries within a budget', free],
    ['tables listed in full', listed],
    ['free queries over cell keys', { ...rest, protection: 'cellkey' }],
    [
      'a budget of zCDP',
      {
        ...free,
        dimensions: free.dimensions.slice(0, 1),
        budget: { accountant: 'zcdp', rho: '0.5', maxRhoPerQuery: '0.05' },
      },
    ],
    [
      'the budget of the house',
      { ...free, dimensions: free.dimensions.slice(0, 1), budget: { accountant: 'pure' } },
    ],
  ])('lets out %s', (_what, aggregate) => {
    expect(() => readTerms(termsOf(aggregate))).not.toThrow();
    expect(faultsOf(termsOf(aggregate))).toEqual([]);
  });

  it('has rules, and an item of another release has none of them', () => {
    expect(faultsOf(termsOf(undefined))).toEqual([BASE]);
    expect(faultsOf(termsOf(free, { view: { schema: 1 } }))).toEqual(['/items/0/view']);
    const raws = { ...termsOf(free, { release: 'raw' }), modes: ['stream'] } as DraftTerms;
    expect(faultsOf({ ...raws, actions: ['dataset:read'] })).toEqual([BASE]);
  });

  it('cannot be read as stored', () => {
    const both = { ...termsOf(free), modes: ['stream'], actions: ['dataset:read'] } as DraftTerms;
    expect(faultsOf(both)).toEqual(['/modes/0']);
    const mixed = {
      ...termsOf(free),
      items: [...(exampleTerms().items ?? []), ...(termsOf(free).items ?? [])],
      modes: ['stream'],
      actions: ['dataset:read'],
    } as DraftTerms;
    expect(faultsOf(mixed)).toContain('/modes');
  });

  it.each<[string, object, string]>([
    ['another schema', { schema: 2 }, 'schema'],
    ['an unknown protection', { protection: 'none' }, 'protection'],
    ['an unknown function', { measures: [{ fn: 'median', column: 'cost' }] }, 'measures/0/fn'],
    ['nothing to measure', { measures: [] }, 'measures'],
    ['a number for a quantity', { budget: { ...budget, epsilon: 2 } }, 'budget/epsilon'],
    [
      'more decimals than the ledger has',
      { budget: { ...budget, epsilon: '0.0000000001' } },
      'budget/epsilon',
    ],
    [
      'an unknown operator',
      { filters: [{ column: 'age', ops: ['like'], grain: '5' }] },
      'filters/0/ops/0',
    ],
  ])('with %s is no draft', (_what, changes, member) => {
    expect(refusalOf(() => readTerms({ items: [{ aggregate: { ...free, ...changes } }] }))).toBe(
      `input_invalid ${BASE}/${member}`,
    );
  });

  it.each<[string, object, string]>([
    ['a member it does not know', { sql: 'SELECT 1' }, 'sql'],
    ['a column to count', { measures: [{ fn: 'units', column: 'age' }] }, 'measures/0/column'],
    ['a budget of another accountant', { budget: { ...budget, rho: '1' } }, 'budget/rho'],
  ])('with %s is refused (V2.1)', (_what, changes, member) => {
    expect(refusalOf(() => readTerms({ items: [{ aggregate: { ...free, ...changes } }] }))).toBe(
      `agreement_field_unknown ${BASE}/${member}`,
    );
  });
});

describe('the vocabulary of queries', () => {
  it.each<[string, object, string[]]>([
    ['a unit of no field', { unit: { column: 'id' } }, ['unit/column']],
    [
      'a grouping by a direct identifier (V2.3)',
      { dimensions: [{ column: 'nhs_no', keys: 'private' }] },
      ['dimensions/0/column'],
    ],
    [
      'a filter of a direct identifier (V2.3)',
      { filters: [{ column: 'email', ops: ['eq'] }] },
      ['filters/0/column'],
    ],
    [
      'a sum of texts',
      { measures: [{ fn: 'sum', column: 'borough', low: '0', high: '1' }] },
      ['measures/0/column'],
    ],
    [
      'one dimension twice',
      { dimensions: [...free.dimensions, ...free.dimensions.slice(0, 1)] },
      ['dimensions/2'],
    ],
    ['one measure twice', { measures: [{ fn: 'units' }, { fn: 'units' }] }, ['measures/1']],
    [
      'public keys without a list (V4.4)',
      { dimensions: [{ column: 'borough', keys: 'public' }] },
      ['dimensions/0/values'],
    ],
    [
      'private keys with one (V4.4)',
      { dimensions: [{ column: 'borough', keys: 'private', values: ['E09000007'] }] },
      ['dimensions/0/values'],
    ],
    [
      'periods of a text',
      { dimensions: [{ column: 'borough', keys: 'private', bins: ['month'] }] },
      ['dimensions/0/bins'],
    ],
    [
      'keys that are no first day of their period',
      {
        dimensions: [
          {
            column: 'seen_on',
            keys: 'public',
            bins: ['quarter'],
            values: ['2026-01-01', '2026-02-01'],
          },
        ],
      },
      ['dimensions/0/values/1'],
    ],
    [
      'a range without a grain',
      { filters: [{ column: 'age', ops: ['between'] }] },
      ['filters/0/grain'],
    ],
    [
      'a range of texts',
      { filters: [{ column: 'borough', ops: ['between'], grain: '5' }] },
      ['filters/0/grain'],
    ],
    [
      'a range of dates on months',
      { filters: [{ column: 'seen_on', ops: ['between'], grain: 'month' }] },
      [],
    ],
    [
      'bounds turned round',
      { measures: [{ fn: 'mean', column: 'cost', low: '5', high: '0' }] },
      ['measures/0/high'],
    ],
  ])('with %s', (_what, changes, members) => {
    expect(faultsOf(termsOf({ ...free, ...changes })).sort()).toEqual(inside(members).sort());
  });

  it('is of the item’s fields only (V2.1)', () => {
    const fields = DECLARED.filter(({ name }) => name !== 'cost').map(({ name }) => ({
      name,
      reason: 'For the tables.',
    }));
    expect(faultsOf(termsOf(free, { fields }))).toEqual(inside(['measures/1/column']));
  });

  it('takes nothing that the catalogue does not declare', () => {
    expect(faultsOf(termsOf(free), [])).toEqual(
      expect.arrayContaining(inside(['dimensions/0/column', 'filters/0/column'])),
    );
  });
});

describe('the protection of answers', () => {
  it.each<[string, AggregateTerms, string[]]>([
    ['round5 without its tables', { ...listed, tables: undefined } as never, ['tables']],
    ['cell keys with tables', { ...rest, protection: 'cellkey', tables: [table] }, ['tables']],
    [
      'cell keys with a rounding preset',
      { ...rest, protection: 'cellkey', preset: 'hesa' },
      ['preset'],
    ],
    ['rounding with a budget', { ...listed, budget }, ['budget']],
    ['dp with cell rules (V5.4)', { ...free, preset: 'acro' }, ['preset']],
    [
      'dp without what noise needs (V6.4)',
      { ...rest, protection: 'dp', measures: [{ fn: 'mean', column: 'cost' }] },
      ['maxGroupsPerUnit', 'maxRowsPerUnitGroup', 'measures/0/low', 'budget'],
    ],
    [
      'a query dearer than the whole',
      { ...free, budget: { accountant: 'pure', epsilon: '0.4', delta: '0.1' } },
      ['budget/maxEpsilonPerQuery'],
    ],
    [
      'private keys without δ (V7.3)',
      { ...free, budget: { accountant: 'pure', delta: '0' } },
      ['budget/delta'],
    ],
    [
      'zCDP with private keys (V6.1)',
      { ...free, budget: { accountant: 'zcdp', rho: '1', maxRhoPerQuery: '0' } },
      ['budget/maxRhoPerQuery', 'budget/accountant'],
    ],
  ])('refuses %s', (_what, aggregate, members) => {
    expect(faultsOf(termsOf(aggregate))).toEqual(inside(members));
  });

  it.each<[string, Partial<AgreedTable>, string[]]>([
    ['by no dimension', { groupBy: [{ column: 'age' }] }, ['groupBy/0/column']],
    ['by another period', { groupBy: [{ column: 'seen_on', bin: 'week' }] }, ['groupBy/0/bin']],
    ['by single days', { groupBy: [{ column: 'seen_on' }] }, ['groupBy/0/bin']],
    [
      'by one dimension twice',
      { groupBy: [{ column: 'borough' }, { column: 'borough' }] },
      ['groupBy/1/column'],
    ],
    ['of no measure', { measures: [{ fn: 'mean', column: 'cost' }] }, ['measures/0']],
    [
      'of no filter',
      { where: [{ column: 'borough', op: 'eq', value: 'E09000007' }] },
      ['where/0/column'],
    ],
    ['by another operator', { where: [{ column: 'age', op: 'eq', value: '20' }] }, ['where/0/op']],
    [
      'off the grain',
      { where: [{ column: 'age', op: 'between', value: ['21', '65'] }] },
      ['where/0/value'],
    ],
    [
      'from high to low',
      { where: [{ column: 'age', op: 'between', value: ['65', '20'] }] },
      ['where/0/value'],
    ],
  ])('refuses a table %s', (_what, changes, members) => {
    const aggregate = { ...listed, tables: [{ ...table, ...changes }] };
    expect(faultsOf(termsOf(aggregate))).toEqual(
      inside(members.map((member) => `tables/0/${member}`)),
    );
  });

  it('refuses a table of more cells than a query may have (V4.2)', () => {
    const keys = (count: number): string[] =>
      Array.from({ length: count }, (_, at) => `k${String(at)}`);
    const wide = (count: number): AggregateTerms => ({
      ...listed,
      dimensions: [
        { column: 'borough', keys: 'public', values: keys(count) },
        ...free.dimensions.slice(1),
      ],
    });
    expect(faultsOf(termsOf(wide(10_000)))).toEqual([]);
    expect(faultsOf(termsOf(wide(10_001)))).toEqual(inside(['tables/0']));
  });
});
