import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import type { TermsFacts } from './terms-facts.js';
import type { DraftTerms, ViewTerms } from './terms.types.js';

type DraftItem = NonNullable<DraftTerms['items']>[number];

/** What a column rule may do with a `direct` column (privacy.md V2.3). */
const ON_DIRECT = ['pseudonymise', 'presence'];

/** SHA-256 of the view's canonical JSON: what an assessment is bound to. */
export function viewDigest(view: object): string {
  const digest = createHash('sha256').update(canonicalJson(view as Json));
  return `sha-256:${digest.digest('hex')}`;
}

/** The view of one item: it uses the item's fields only, and lets nothing direct through (privacy.md V2.1, V2.3). */
export function checkView(
  { datasetId, fields = [], view }: DraftItem,
  base: string,
  { datasets }: TermsFacts,
): readonly FieldError[] {
  if (view === undefined) {
    return [{ pointer: `${base}/view`, reason: 'is required with release view' }];
  }
  // The schema has seen to its shape.
  const { unit, columns, rows = [], checks } = view as ViewTerms;
  const names = fields.flatMap(({ name }) => name ?? []);
  const classes = datasets.get(datasetId ?? '')?.fieldClasses ?? {};
  const classOf = (column: string): string => classes[column] ?? 'direct';
  const anonymous = checks?.kAnonymity?.columns ?? [];
  const used: readonly (readonly [string, string])[] = [
    [`${base}/view/unit/column`, unit.column],
    ...columns.flatMap(({ from }, at): (readonly [string, string])[] =>
      from === undefined ? [] : [[`${base}/view/columns/${String(at)}/from`, from]],
    ),
    ...rows.map(({ column }, at) => [`${base}/view/rows/${String(at)}/column`, column] as const),
  ];
  return [
    ...used
      .filter(([, column]) => !names.includes(column))
      .map(([pointer]) => ({ pointer, reason: 'is none of the item’s fields' })),
    ...columns.flatMap((column, at) =>
      columnFaults(column, {
        isTwice: columns.findIndex(({ name }) => name === column.name) !== at,
        sourceClass: column.from === undefined ? undefined : classOf(column.from),
        isAnonymous: anonymous.includes(column.name),
      }).map((reason) => ({ pointer: `${base}/view/columns/${String(at)}`, reason })),
    ),
    ...rows.flatMap(({ column }, at) =>
      classOf(column) === 'direct'
        ? [{ pointer: `${base}/view/rows/${String(at)}/column`, reason: 'is a direct identifier' }]
        : [],
    ),
  ];
}

function columnFaults(
  { from, rule }: ViewTerms['columns'][number],
  {
    isTwice,
    sourceClass,
    isAnonymous,
  }: {
    readonly isTwice: boolean;
    readonly sourceClass: string | undefined;
    readonly isAnonymous: boolean;
  },
): string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [!isTwice, 'has the name of another column'],
    [(rule.kind === 'constant') === (from === undefined), 'a constant has no source; others have'],
    [
      sourceClass !== 'direct' || ON_DIRECT.includes(rule.kind),
      `a direct identifier permits ${ON_DIRECT.join(' and ')} only`,
    ],
    [
      sourceClass !== 'quasi' || isAnonymous,
      'comes of a quasi-identifier: name it in checks.kAnonymity.columns',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, reason]) => reason);
}

/**
 * Every view has a passed assessment of exactly this view, which is not past its review (privacy.md V2.8).
 * @throws ConcordatError `assessment_required` (409), one pointer each.
 */
export function requireAssessments({ items = [] }: DraftTerms, today: string): void {
  const errors = items.flatMap(({ release, view, assessment }, at) => {
    const reason =
      release === 'view' && view !== undefined
        ? assessmentFault(view, assessment, today)
        : undefined;
    return reason === undefined ? [] : [{ pointer: `/items/${String(at)}/assessment`, reason }];
  });
  if (errors.length > 0) {
    throw new ConcordatError('assessment_required', { errors });
  }
}

function assessmentFault(
  view: object,
  assessment: DraftItem['assessment'],
  today: string,
): string | undefined {
  const { viewDigest: digest, assessedBy, assessedOn, result, reviewBy } = assessment ?? {};
  if (assessedBy === undefined || assessedOn === undefined || reviewBy === undefined) {
    return 'is required: who assessed the view, when, and by when it is reviewed';
  }
  const rules: readonly (readonly [boolean, string])[] = [
    [result === 'passed', 'must be passed'],
    [digest === viewDigest(view), `must be of this view, whose digest is ${viewDigest(view)}`],
    [assessedOn <= today, 'is of a day to come'],
    [reviewBy >= today, 'is past its review'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}
