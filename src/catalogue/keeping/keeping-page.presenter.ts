import type { Operation } from '../../identity/operations.js';
import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import type { ActionLink, Block, Cell, SummaryRow } from '../../platform/web/pages/blocks.js';
import type { OwnDatasetView } from '../dataset.view.js';

/** @param may what whoever reads the page may do. */
export function keepingBlocks(
  dataset: OwnDatasetView,
  names: ThingNames,
  may: (operation: Operation) => boolean,
): readonly Block[] {
  return [
    { kind: 'list', items: [{ text: 'As others see it', href: `/datasets/${dataset.id}` }] },
    { kind: 'actions', links: actionsOf(dataset, may) },
    ...(dataset.sealFault === null
      ? []
      : [{ kind: 'warning', text: `It could not be sealed: ${dataset.sealFault}` } as const]),
    { kind: 'summary', rows: rowsOf(dataset, names) },
    {
      kind: 'table',
      id: 'versions',
      title: 'Sealed versions',
      columns: [{ text: 'Version' }, { text: 'Sealed' }, { text: 'Now given' }],
      rows: dataset.versions.map(({ number, sealedAt, isCurrent }) => [
        { text: String(number) },
        { instant: sealedAt },
        { text: isCurrent ? 'Yes' : 'No' },
      ]),
      empty:
        dataset.kind === 'feed'
          ? 'A feed is not sealed: what arrives in it is delivered as it comes.'
          : 'None yet. A version is sealed when it is published, and again when you ask for it.',
    },
  ];
}

function actionsOf(
  { id, status, kind, isInStore }: OwnDatasetView,
  may: (operation: Operation) => boolean,
): readonly ActionLink[] {
  const to = (
    text: string,
    act: string,
    operation: Operation,
    look: ActionLink['kind'] = 'secondary',
  ): readonly ActionLink[] =>
    may(operation) ? [{ text, href: `/datasets/${id}/${act}`, kind: look }] : [];
  const change = to('Change', 'edit', 'dataset:update');
  const profile = isInStore ? to('Profile it', 'profile', 'dataset:profile') : [];
  switch (status) {
    case 'draft':
      return [
        ...(may('dataset:publish') ? [{ text: 'Publish', href: `/datasets/${id}/publish` }] : []),
        ...change,
        ...profile,
      ];
    case 'published':
      return [
        ...change,
        ...profile,
        ...(kind === 'files' && isInStore ? to('Seal a new version', 'seal', 'dataset:seal') : []),
        ...to('Freeze', 'freeze', 'dataset:freeze', 'warning'),
        ...to('Withdraw', 'withdraw', 'dataset:withdraw', 'warning'),
      ];
    case 'frozen':
      return [
        ...(may('dataset:unfreeze')
          ? [{ text: 'Unfreeze', href: `/datasets/${id}/unfreeze` }]
          : []),
        ...to('Withdraw', 'withdraw', 'dataset:withdraw', 'warning'),
      ];
    default:
      return [];
  }
}

function rowsOf(dataset: OwnDatasetView, names: ThingNames): readonly SummaryRow[] {
  const { feed } = dataset;
  const rows: [string, Cell][] = [
    [
      'Store',
      dataset.storeId === null
        ? { text: 'None' }
        : { text: names.of(dataset.storeId), href: `/stores/${dataset.storeId}` },
    ],
    ['Prefix', { text: dataset.prefix ?? 'None' }],
    ['Columns', { text: String(dataset.fields.length) }],
    ['Sealing', { text: dataset.isSealDue ? 'A new version is being sealed' : 'Nothing waits' }],
    ...(feed === null
      ? []
      : ([
          ['Numbered so far', { text: String(feed.lastNumber) }],
          [
            'Last looked at',
            feed.watchedAt === null ? { text: 'Not yet' } : { instant: feed.watchedAt },
          ],
          ...(feed.fault === null
            ? []
            : [['Why the last look did not end', { text: feed.fault }] satisfies [string, Cell]]),
        ] satisfies [string, Cell][])),
  ];
  return rows.map(([key, value]) => ({ key, value }));
}
