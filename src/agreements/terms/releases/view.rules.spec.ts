import { exampleFacts, exampleTerms } from '../../../../test/support/agreement-terms.js';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { readTerms } from '../read-terms.js';
import { checkTerms } from '../terms.rules.js';
import type { AgreementTerms, ItemTerms } from '../terms.types.js';
import { requireAssessments, rulesDigest } from './assessment.rules.js';
import type { DeclaredField } from './columns.js';
import type { AssessmentTerms, ColumnRule, RowRule, ViewTerms } from './release.types.js';

const [raw] = exampleTerms().items as [ItemTerms];
const fields = ['count', 'street', 'hour'].map((name) => ({ name, reason: 'For the rates.' }));
const view: ViewTerms = {
  schema: 1,
  unit: { column: 'street', domain: 'text' },
  format: 'csv',
  columns: [
    { name: 'street', from: 'street', rule: { kind: 'keep' } },
    { name: 'people', from: 'count', rule: { kind: 'keep' } },
  ],
  rows: [{ kind: 'notNull', column: 'hour' }],
  checks: { kAnonymity: { columns: ['street'] } },
};
const assessment: AssessmentTerms = {
  viewDigest: rulesDigest(view),
  assessedBy: 'The information governance team',
  assessedOn: '2026-04-01',
  result: 'passed',
  reviewBy: '2027-04-01',
};

function viewTerms(changes: Partial<ItemTerms> = {}): AgreementTerms {
  return exampleTerms({
    modes: ['view'],
    actions: ['view:read'],
    items: [{ ...raw, fields, release: 'view', view, assessment, ...changes }],
  });
}
const pointersOf = (terms: AgreementTerms, declared?: readonly DeclaredField[]): string[] => {
  const datasets = new Map(
    [...exampleFacts().datasets].map(([id, dataset]) => [
      id,
      { ...dataset, fields: declared ?? dataset.fields },
    ]),
  );
  return checkTerms(terms, exampleFacts({ datasets })).map(({ pointer }) => pointer);
};
const withColumn = (column: object): AgreementTerms =>
  viewTerms({
    view: { ...view, columns: [column as ViewTerms['columns'][number]], checks: {} },
  });
const BASE = '/items/0/view';

describe('the view of an item', () => {
  it('is sound', () => {
    expect(() => readTerms(viewTerms())).not.toThrow();
    expect(pointersOf(viewTerms())).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['another schema', { ...view, schema: 2 }, `${BASE}/schema`],
    ['no column', { ...view, columns: [] }, `${BASE}/columns`],
    [
      'an unknown rule',
      { ...view, columns: [{ name: 'a', from: 'count', rule: { kind: 'sql' } }] },
      `${BASE}/columns/0/rule/kind`,
    ],
    [
      'a band without width',
      { ...view, columns: [{ name: 'a', from: 'count', rule: { kind: 'band' } }] },
      `${BASE}/columns/0/rule`,
    ],
    [
      'two anonymity',
      { ...view, checks: { kAnonymity: { k: 2, columns: ['a'] } } },
      `${BASE}/checks/kAnonymity/k`,
    ],
  ])('with %s is no draft', (_what, faulty, pointer) => {
    expect(refusalOf(() => readTerms({ items: [{ view: faulty }] }))).toBe(
      `input_invalid ${pointer}`,
    );
  });

  it.each([
    ['a member it does not know', { ...view, sql: 'SELECT 1' }, `${BASE}/sql`],
    [
      'a rule with a member of another',
      { ...view, columns: [{ name: 'a', from: 'count', rule: { kind: 'keep', width: '5' } }] },
      `${BASE}/columns/0/rule/width`,
    ],
  ])('with %s is refused (V2.1)', (_what, faulty, pointer) => {
    expect(refusalOf(() => readTerms({ items: [{ view: faulty }] }))).toBe(
      `agreement_field_unknown ${pointer}`,
    );
  });

  it.each<[string, AgreementTerms, string[]]>([
    [
      'columns of other fields (V2.1)',
      viewTerms({ fields: fields.slice(0, 2) }),
      [`${BASE}/rows/0/column`],
    ],
    [
      'one name twice (V2.1)',
      viewTerms({
        view: { ...view, columns: [view.columns[0], view.columns[0]] as ViewTerms['columns'] },
      }),
      [`${BASE}/columns/1`],
    ],
    [
      'a constant with a source',
      withColumn({ name: 'a', from: 'count', rule: { kind: 'constant' } }),
      [`${BASE}/columns/0`],
    ],
    [
      'a column without one',
      withColumn({ name: 'a', rule: { kind: 'keep' } }),
      [`${BASE}/columns/0`],
    ],
    [
      'a quasi-identifier outside k-anonymity (V2.3)',
      withColumn({ name: 'a', from: 'street', rule: { kind: 'keep' } }),
      [`${BASE}/columns/0`],
    ],
  ])('points at %s', (_what, terms, pointers) => {
    expect(pointersOf(terms)).toEqual(pointers);
  });

  it('takes a column that the catalogue does not declare for a direct identifier (V2.3)', () => {
    expect(pointersOf(viewTerms(), [])).toEqual([
      `${BASE}/unit/column`,
      `${BASE}/columns/0`,
      `${BASE}/columns/1`,
      `${BASE}/rows/0/column`,
    ]);
    const hidden = withColumn({ name: 'a', from: 'constructor', rule: { kind: 'keep' } });
    expect(pointersOf(hidden, [])).toContain(`${BASE}/columns/0`);
  });

  it('makes a pseudonym of a direct identifier, or says that there is one (V2.3)', () => {
    const direct = (type: string): DeclaredField[] =>
      ['street', 'hour', 'count'].map((name) => ({
        name,
        type: name === 'street' ? 'text' : type,
        class: name === 'hour' ? 'other' : 'direct',
      }));
    const made = (kind: string): AgreementTerms =>
      viewTerms({
        view: {
          ...view,
          columns: [{ name: 'a', from: 'count', rule: { kind } as ColumnRule }],
          checks: {},
        },
      });
    expect(pointersOf(made('pseudonymise'), direct('integer'))).toEqual([]);
    expect(pointersOf(made('presence'), direct('date'))).toEqual([]);
    expect(pointersOf(made('pseudonymise'), direct('date'))).toEqual([
      `${BASE}/columns/0/rule/kind`,
    ]);
    expect(pointersOf(made('keep'), direct('integer'))).toEqual([`${BASE}/columns/0`]);
  });

  it('stands with its release only', () => {
    expect(pointersOf(exampleTerms({ items: [{ ...raw, view, assessment }] }))).toEqual([
      '/items/0/view',
      '/items/0/assessment',
    ]);
  });
});

describe('a column rule reads what the catalogue declares', () => {
  const TYPES = ['text', 'integer', 'number', 'date', 'datetime', 'boolean', 'geometry'];
  it.each<[ColumnRule['kind'], object, readonly string[]]>([
    ['keep', {}, TYPES],
    ['presence', {}, TYPES],
    ['map', { values: { a: 'b' } }, ['text', 'integer']],
    ['band', { width: '5' }, ['integer', 'number']],
    ['round', { to: '0.5' }, ['integer', 'number']],
    ['clamp', { low: '-1', high: '1' }, ['integer', 'number']],
    ['date', { to: 'week' }, ['date', 'datetime']],
    ['postcode', {}, ['text']],
    ['prefix', { length: 3 }, ['text']],
    ['pseudonymise', {}, ['text', 'integer']],
  ])('%s', (kind, members, types) => {
    const terms = withColumn({ name: 'a', from: 'count', rule: { kind, ...members } });
    const accepts = (type: string): boolean => {
      const declared = [
        { name: 'street', type: 'text', class: 'other' },
        { name: 'hour', type: 'date', class: 'other' },
        { name: 'count', type, class: 'other' },
      ];
      const faults = pointersOf(terms, declared);
      expect([[], [`${BASE}/columns/0/rule/kind`]]).toContainEqual(faults);
      return faults.length === 0;
    };
    expect(() => readTerms(terms)).not.toThrow();
    expect(TYPES.filter(accepts)).toEqual(types);
  });

  it.each<[string, ColumnRule, string[]]>([
    ['a band of no width', { kind: 'band', width: '0' }, ['width']],
    [
      'edges on the grid',
      { kind: 'band', width: '0.5', origin: '0.25', bottom: '-0.25', top: '1.75' },
      [],
    ],
    ['edges off it', { kind: 'band', width: '5', bottom: '2', top: '92' }, ['bottom', 'top']],
    ['edges turned round', { kind: 'band', width: '5', bottom: '90', top: '20' }, ['top']],
    ['rounding to nothing', { kind: 'round', to: '0.0' }, ['to']],
    ['a clamp turned round', { kind: 'clamp', low: '10', high: '9.5' }, ['high']],
  ])('%s', (_what, rule, members) => {
    const terms = withColumn({ name: 'street', from: 'count', rule });
    expect(pointersOf(terms)).toEqual(members.map((member) => `${BASE}/columns/0/rule/${member}`));
  });
});

describe('the rows and checks of a view', () => {
  it.each<[string, RowRule, string[]]>([
    ['numbers', { kind: 'between', column: 'count', low: '-9', high: '10' }, []],
    ['numbers turned round', { kind: 'between', column: 'count', low: '10', high: '9' }, ['high']],
    ['no numbers', { kind: 'between', column: 'count', low: '1.5', high: 'ten' }, ['low', 'high']],
    [
      'instants',
      {
        kind: 'between',
        column: 'hour',
        low: '2026-02-28T00:00:00Z',
        high: '2026-03-01T00:00:00Z',
      },
      [],
    ],
    ['no instant', { kind: 'in', column: 'hour', values: ['2026-02-30T00:00:00Z'] }, ['values/0']],
    ['texts', { kind: 'in', column: 'street', values: ['High Street'] }, []],
  ])('keep %s', (_what, row, members) => {
    expect(pointersOf(viewTerms({ view: { ...view, rows: [row] } }))).toEqual(
      members.map((member) => `${BASE}/rows/0/${member}`),
    );
  });

  it.each<[string, ViewTerms['checks'], string[]]>([
    ['what leaves', { kAnonymity: { columns: ['street', 'hour'] } }, ['kAnonymity/columns/1']],
    [
      'diversity of what leaves',
      { kAnonymity: { columns: ['street'] }, lDiversity: { column: 'count' } },
      ['lDiversity/column'],
    ],
    [
      'windows of time',
      { kAnonymity: { columns: ['street'] }, window: { column: 'count', grain: 'month' } },
      ['window/column'],
    ],
    [
      'a share',
      { kAnonymity: { columns: ['street'], maxSuppressed: '1.01' } },
      ['kAnonymity/maxSuppressed'],
    ],
    ['a whole share', { kAnonymity: { columns: ['street'], maxSuppressed: '1' } }, []],
  ])('are of %s', (_what, checks, members) => {
    expect(pointersOf(viewTerms({ view: { ...view, checks } as ViewTerms }))).toEqual(
      members.map((member) => `${BASE}/checks/${member}`),
    );
  });
});

describe('the assessment of a view (V2.8)', () => {
  it.each<[string, Partial<ItemTerms>, string]>([
    ['one of this view', {}, 'allowed'],
    ['one of another view', { view: { ...view, format: 'parquet' } }, 'assessment_required'],
    ['one that failed', { assessment: { ...assessment, result: 'failed' } }, 'assessment_required'],
    ['one on its last day', { assessment: { ...assessment, reviewBy: '2026-05-01' } }, 'allowed'],
    [
      'one past its review',
      { assessment: { ...assessment, reviewBy: '2026-04-30' } },
      'assessment_required',
    ],
    [
      'one still to come',
      { assessment: { ...assessment, assessedOn: '2026-05-02' } },
      'assessment_required',
    ],
  ])('is %s: %#', (_what, changes, code) => {
    const refusal = refusalOf(() => {
      requireAssessments(viewTerms(changes), '2026-05-01');
    });
    expect(refusal).toBe(code === 'allowed' ? code : `${code} /items/0/assessment`);
  });

  it('is needed', () => {
    const { assessment: given, ...item } = viewTerms().items?.[0] as ItemTerms;
    expect(given).toBeDefined();
    const refusal = refusalOf(() => {
      requireAssessments({ items: [item] }, '2026-05-01');
    });
    expect(refusal).toBe('assessment_required /items/0/assessment');
  });
});
