import type { FieldError } from '../../../kernel/errors.js';
import type { TermsFacts } from '../terms-facts.js';
import type { DraftItem } from '../terms.types.js';
import { checkAggregate } from './aggregate.rules.js';
import { Columns } from './columns.js';
import type { AggregateTerms, ViewTerms } from './release.types.js';
import { checkView } from './view.rules.js';

/** The members that say how, each with the release it belongs to (domain.md section 2). */
const MEMBERS = { view: 'view', assessment: 'view', aggregate: 'aggregate' } as const;

/** An item has the rules of its release and none of another. */
export function checkRelease(
  item: DraftItem,
  base: string,
  { datasets }: TermsFacts,
): readonly FieldError[] {
  const { release, datasetId, fields = [], view, aggregate } = item;
  const released = {
    fieldNames: fields.flatMap(({ name }) => name ?? []),
    columns: new Columns(datasets.get(datasetId ?? '')?.fields ?? []),
  };
  const faults = membersOf(item, base);
  // The schema has seen to the shapes.
  if (release === 'view' && view) {
    return [...faults, ...checkView(view as ViewTerms, `${base}/view`, released)];
  }
  if (release === 'aggregate' && aggregate) {
    const rules = aggregate as AggregateTerms;
    return [...faults, ...checkAggregate(rules, `${base}/aggregate`, released)];
  }
  return faults;
}

function membersOf(item: DraftItem, base: string): readonly FieldError[] {
  const { release } = item;
  const strays = Object.entries(MEMBERS)
    .filter(([name, of]) => item[name as keyof typeof MEMBERS] !== undefined && of !== release)
    .map(([name, of]) => ({ pointer: `${base}/${name}`, reason: `belongs to release ${of}` }));
  return (release === 'view' || release === 'aggregate') && item[release] === undefined
    ? [...strays, { pointer: `${base}/${release}`, reason: `is required with release ${release}` }]
    : strays;
}
