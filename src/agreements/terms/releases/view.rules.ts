import type { FieldError } from '../../../kernel/errors.js';
import { columnRuleFaults } from './column-rule.rules.js';
import { isBackwards, isIdentifier, isReadable, isTemporal, type Columns } from './columns.js';
import { isBelow } from './decimal.js';
import type { Check, ReleasedItem } from './release-check.js';
import type { RowRule, ViewTerms } from './release.types.js';

/** What a column rule may do with a `direct` column (privacy.md V2.3). */
const ON_DIRECT: readonly string[] = ['pseudonymise', 'presence'];

type ViewColumn = ViewTerms['columns'][number];

/** The view of one item: it uses the item's fields only, as the catalogue declares them, and lets nothing direct through (V2.1, V2.3). */
export function checkView(
  view: ViewTerms,
  base: string,
  { fieldNames, columns }: ReleasedItem,
): readonly FieldError[] {
  const anonymous = view.checks?.kAnonymity?.columns ?? [];
  const faults = [
    ...usedColumns(view).map(([pointer, column]): Check => [
      fieldNames.includes(column),
      pointer,
      'is none of the item’s fields',
    ]),
    [
      isIdentifier(columns.of(view.unit.column)),
      '/unit/column',
      'must be text or whole numbers',
    ] satisfies Check,
    ...view.columns.flatMap((column, at) =>
      columnChecks(column, `/columns/${String(at)}`, columns, {
        isTwice: view.columns.findIndex(({ name }) => name === column.name) !== at,
        isAnonymous: anonymous.includes(column.name),
      }),
    ),
    ...(view.rows ?? []).flatMap((row, at) => rowChecks(row, `/rows/${String(at)}`, columns)),
    ...checksOfChecks(view, columns),
  ];
  return faults
    .filter(([holds]) => !holds)
    .map(([, pointer, reason]) => ({ pointer: base + pointer, reason }));
}

/** Every source column that the view names, and where. */
function usedColumns({
  unit,
  columns,
  rows = [],
  checks,
}: ViewTerms): readonly (readonly [string, string])[] {
  return [
    ['/unit/column', unit.column],
    ...columns.flatMap(({ from }, at): (readonly [string, string])[] =>
      from === undefined ? [] : [[`/columns/${String(at)}/from`, from]],
    ),
    ...rows.map(({ column }, at) => [`/rows/${String(at)}/column`, column] as const),
    ...(checks?.window ? ([['/checks/window/column', checks.window.column]] as const) : []),
  ];
}

function columnChecks(
  { from, rule }: ViewColumn,
  at: string,
  columns: Columns,
  { isTwice, isAnonymous }: { readonly isTwice: boolean; readonly isAnonymous: boolean },
): readonly Check[] {
  const source = from === undefined ? undefined : columns.of(from);
  return [
    [!isTwice, at, 'has the name of another column'],
    [
      (rule.kind === 'constant') === (from === undefined),
      at,
      'a constant has no source; others have',
    ],
    [
      source?.class !== 'direct' || ON_DIRECT.includes(rule.kind),
      at,
      `a direct identifier permits ${ON_DIRECT.join(' and ')} only`,
    ],
    [
      source?.class !== 'quasi' || isAnonymous,
      at,
      'comes of a quasi-identifier: name it in checks.kAnonymity.columns',
    ],
    ...(source ? columnRuleFaults(rule, source) : []).map(({ member, reason }): Check => [
      false,
      `${at}/rule/${member}`,
      reason,
    ]),
  ];
}

function rowChecks(row: RowRule, at: string, columns: Columns): readonly Check[] {
  const source = columns.of(row.column);
  const isRead = (value: string, pointer: string): Check => [
    isReadable(value, source),
    at + pointer,
    'is no value of the type that the catalogue declares',
  ];
  const named: Check = [source.class !== 'direct', `${at}/column`, 'is a direct identifier'];
  switch (row.kind) {
    case 'notNull':
      return [named];
    case 'in':
      return [
        named,
        ...row.values.map((value, place) => isRead(value, `/values/${String(place)}`)),
      ];
    case 'between':
      return [
        named,
        isRead(row.low, '/low'),
        isRead(row.high, '/high'),
        [!isBackwards([row.low, row.high], source), `${at}/high`, 'must not be below low'],
      ];
  }
}

// k-anonymity and l-diversity look at what leaves, so they name its columns; a window is of the data, so it names a source.
function checksOfChecks({ columns: made, checks = {} }: ViewTerms, columns: Columns): Check[] {
  const names = made.map(({ name }) => name);
  const isMade = (column: string, pointer: string): Check => [
    names.includes(column),
    pointer,
    'is no column of the view',
  ];
  const { kAnonymity, lDiversity, window } = checks;
  return [
    ...(kAnonymity?.columns ?? []).map((column, at) =>
      isMade(column, `/checks/kAnonymity/columns/${String(at)}`),
    ),
    ...(lDiversity ? [isMade(lDiversity.column, '/checks/lDiversity/column')] : []),
    ...Object.entries({ kAnonymity, lDiversity }).map(([name, check]): Check => [
      isShare(check?.maxSuppressed ?? '0'),
      `/checks/${name}/maxSuppressed`,
      'must be a share, from 0 to 1',
    ]),
    ...(window ? windowChecks(window.column, columns) : []),
  ];
}

function windowChecks(column: string, columns: Columns): readonly Check[] {
  const pointer = '/checks/window/column';
  const source = columns.of(column);
  return [
    [source.class !== 'direct', pointer, 'is a direct identifier'],
    [isTemporal(source), pointer, 'must be a date or a timestamp'],
  ];
}

function isShare(decimal: string): boolean {
  return !isBelow(decimal, '0') && !isBelow('1', decimal);
}
