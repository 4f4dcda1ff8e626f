import { isIdentifier, isNumeric, isTemporal, type Column } from './columns.js';
import { isBelow, isOnGrid, isPositive } from './decimal.js';
import type { ColumnRule } from './release.types.js';

/** One fault of a rule: the member of the rule at fault, and why. */
export interface RuleFault {
  readonly member: string;
  readonly reason: string;
}

type Check = readonly [boolean, RuleFault['member'], string];
type Band = Extract<ColumnRule, { readonly kind: 'band' }>;

/** What the table of privacy.md section 2 asks of one column rule, given the column that it reads. */
export function columnRuleFaults(rule: ColumnRule, source: Column): readonly RuleFault[] {
  return checksOf(rule, source)
    .filter(([holds]) => !holds)
    .map(([, member, reason]) => ({ member, reason }));
}

/** What each kind reads; `keep`, `constant` and `presence` take a column of any type. */
const READS: Readonly<
  Partial<Record<ColumnRule['kind'], readonly [(source: Column) => boolean, string]>>
> = {
  map: [isIdentifier, 'text or whole numbers'],
  pseudonymise: [isIdentifier, 'text or whole numbers'],
  postcode: [isText, 'text'],
  prefix: [isText, 'text'],
  date: [isTemporal, 'dates or timestamps'],
  round: [isNumeric, 'numbers'],
  clamp: [isNumeric, 'numbers'],
  band: [isNumeric, 'numbers'],
};

function checksOf(rule: ColumnRule, source: Column): readonly Check[] {
  const [reads, what] = READS[rule.kind] ?? [];
  const type: Check = [
    reads?.(source) ?? true,
    'kind',
    `reads ${what ?? 'anything'}: the catalogue declares the column otherwise`,
  ];
  return [type, ...quantityChecks(rule)];
}

function quantityChecks(rule: ColumnRule): readonly Check[] {
  switch (rule.kind) {
    case 'round':
      return [[isPositive(rule.to), 'to', 'must be above zero']];
    case 'clamp':
      return [[isBelow(rule.low, rule.high), 'high', 'must be above low']];
    case 'band':
      return bandChecks(rule);
    default:
      return [];
  }
}

function bandChecks({ width, origin, bottom, top }: Band): readonly Check[] {
  if (!isPositive(width)) {
    return [[false, 'width', 'must be above zero']];
  }
  const isOnIt = (edge: string | undefined): boolean =>
    edge === undefined || isOnGrid(edge, width, origin);
  return [
    [isOnIt(bottom), 'bottom', 'must lie whole widths from the origin'],
    [isOnIt(top), 'top', 'must lie whole widths from the origin'],
    [
      bottom === undefined || top === undefined || isBelow(bottom, top),
      'top',
      'must be above bottom',
    ],
  ];
}

function isText({ type }: Column): boolean {
  return type === 'text';
}
