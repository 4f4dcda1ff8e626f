import { exampleFacts, exampleTerms } from '../../../test/support/agreement-terms.js';
import { refusalOf } from '../../../test/support/refusal-of.js';
import { readTerms } from './read-terms.js';
import { checkTerms } from './terms.rules.js';
import { requireAssessments, viewDigest } from './terms-views.rules.js';
import type { AgreementTerms, AssessmentTerms, ItemTerms, ViewTerms } from './terms.types.js';

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
  viewDigest: viewDigest(view),
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
const pointersOf = (terms: AgreementTerms, fieldClasses?: Record<string, string>): string[] => {
  const datasets = new Map(
    [...exampleFacts().datasets].map(([id, dataset]) => [
      id,
      { ...dataset, ...(fieldClasses && { fieldClasses }) },
    ]),
  );
  return checkTerms(terms, exampleFacts({ datasets })).map(({ pointer }) => pointer);
};
const withColumn = (column: object): AgreementTerms =>
  viewTerms({ view: { ...view, columns: [column as ViewTerms['columns'][number]] } });
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
      { ...view, checks: { kAnonymity: { k: 2, columns: [] } } },
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

  it('takes an unclassified column for a direct identifier (V2.3)', () => {
    expect(pointersOf(viewTerms(), {})).toEqual([
      `${BASE}/columns/0`,
      `${BASE}/columns/1`,
      `${BASE}/rows/0/column`,
    ]);
    const pseudonym = withColumn({ name: 'a', from: 'count', rule: { kind: 'pseudonymise' } });
    expect(pointersOf(pseudonym, { hour: 'other' })).toEqual([]);
  });

  it('stands with its release only', () => {
    expect(pointersOf(exampleTerms({ items: [{ ...raw, view, assessment }] }))).toEqual([
      '/items/0/view',
      '/items/0/assessment',
    ]);
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
