import type { FieldError } from '../../kernel/errors.js';
import type { TermsFacts } from './terms-facts.js';
import { checkRelease } from './releases/release.rules.js';
import type { DraftItem, DraftTerms, ItemTerms } from './terms.types.js';

const REQUIRED = [
  'datasetId',
  'providerId',
  'fields',
  'release',
  'dataClass',
  'subjects',
  'source',
  'period',
] as const satisfies readonly (keyof ItemTerms)[];

/** Items: which data, whose, what of it, and in what form it is let out. */
export function checkItems(draft: DraftTerms, facts: TermsFacts): readonly FieldError[] {
  const items = draft.items;
  if (!items || draft.kind === 'framework') {
    return [];
  }
  const ids = items.map(({ datasetId }) => datasetId);
  return [
    ...(items.length === 0
      ? [{ pointer: '/items', reason: 'must name at least one dataset' }]
      : []),
    ...items.flatMap((item, at) => {
      const base = `/items/${String(at)}`;
      const isTwice = item.datasetId !== undefined && ids.indexOf(item.datasetId) !== at;
      return [
        ...REQUIRED.filter((name) => item[name] === undefined).map((name) => ({
          pointer: `${base}/${name}`,
          reason: 'is required',
        })),
        ...(isTwice ? [{ pointer: `${base}/datasetId`, reason: 'stands twice' }] : []),
        ...checkOwnership(item, base, draft, facts),
        ...checkFields(item, base, facts),
        ...checkRelease(item, base, facts),
        ...checkHistory(item, base, facts),
      ];
    }),
  ];
}

function checkOwnership(
  { datasetId, providerId }: DraftItem,
  base: string,
  draft: DraftTerms,
  facts: TermsFacts,
): FieldError[] {
  if (datasetId === undefined || providerId === undefined) {
    return [];
  }
  const party = (draft.parties ?? []).find(({ organisationId }) => organisationId === providerId);
  if (party?.dataRole !== 'provider' && party?.dataRole !== 'both') {
    return [{ pointer: `${base}/providerId`, reason: 'is no party that provides data' }];
  }
  const dataset = facts.datasets.get(datasetId);
  // The same words for absent and for another owner's: nobody learns of a dataset by drafting.
  if (dataset?.organisationId !== providerId || dataset.status === 'withdrawn') {
    return [{ pointer: `${base}/datasetId`, reason: 'is no dataset of that provider' }];
  }
  return dataset.isInStore
    ? []
    : [{ pointer: `${base}/datasetId`, reason: 'lies in no store yet: its owner must name one' }];
}

function checkFields(
  { datasetId, fields }: DraftItem,
  base: string,
  facts: TermsFacts,
): FieldError[] {
  const declared = facts.datasets.get(datasetId ?? '')?.fields ?? [];
  const known = declared.map(({ name }) => name);
  const none = fields?.length === 0;
  return [
    ...(none ? [{ pointer: `${base}/fields`, reason: 'must name at least one' }] : []),
    ...(fields ?? []).flatMap(({ name, reason }, at) => {
      const pointer = `${base}/fields/${String(at)}`;
      const isUnknown = name !== undefined && known.length > 0 && !known.includes(name);
      return [
        ...(name === undefined ? [{ pointer: `${pointer}/name`, reason: 'is required' }] : []),
        ...(reason === undefined ? [{ pointer: `${pointer}/reason`, reason: 'is required' }] : []),
        ...(isUnknown
          ? [{ pointer: `${pointer}/name`, reason: 'is no field of the dataset' }]
          : []),
      ];
    }),
  ];
}

function checkHistory(
  { datasetId, includeHistory }: DraftItem,
  base: string,
  { datasets }: TermsFacts,
): FieldError[] {
  const dataset = datasets.get(datasetId ?? '');
  return includeHistory === true && dataset !== undefined && dataset.kind !== 'feed'
    ? [{ pointer: `${base}/includeHistory`, reason: 'only a feed has older objects' }]
    : [];
}
