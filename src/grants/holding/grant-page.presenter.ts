import { deliveryInWords } from '../../agreements/delivery-words.js';
import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import type { ActionLink, Block, PageModel, SummaryRow } from '../../platform/web/pages/blocks.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import { endReasonInWords, grantTag } from '../grant-words.js';
import type { GrantView } from '../grant.view.js';
import { snippetsFor } from './snippets.js';

/** What whoever reads the page may do with the grant. */
export interface GrantRights {
  readonly isHolder: boolean;
  readonly mayRevoke: boolean;
}

export const GRANTS_TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Access', href: '/grants' },
] as const;

export function presentGrant(
  grant: GrantView,
  names: ThingNames,
  rights: GrantRights,
  { publicUrl, now }: { readonly publicUrl: string; readonly now: Date },
): PageModel {
  const isLive = grant.endedAt === null;
  return {
    title: names.of(grant.datasetId),
    trail: [...GRANTS_TRAIL, { text: 'This grant', href: `/grants/${grant.id}` }],
    tag: grantTag(grant.status, new Date(grant.expiresAt), now),
    blocks: [
      ...(isLive
        ? []
        : [
            { kind: 'inset', text: `It has ended. ${endReasonInWords(grant.endReason)}.` } as const,
          ]),
      { kind: 'actions', links: actionsOf(grant, rights, isLive) },
      { kind: 'summary', rows: aboutRows(grant, names) },
      ...(isLive && rights.isHolder && grant.feedUrl === null
        ? snippetBlocks(grant, publicUrl)
        : []),
    ],
  };
}

function actionsOf(
  { id, feedUrl }: GrantView,
  { isHolder, mayRevoke }: GrantRights,
  isLive: boolean,
): readonly ActionLink[] {
  const path = `/grants/${id}`;
  const read: ActionLink =
    feedUrl === null
      ? { text: 'See the files', href: `${path}/objects` }
      : { text: 'Watch the feed', href: `${path}/feed` };
  return [
    ...(isLive && isHolder ? [read] : []),
    { text: 'Receipt', href: `${path}/receipt`, kind: 'secondary' },
    ...(isLive && mayRevoke
      ? [
          {
            text: isHolder ? 'Give it up' : 'Revoke',
            href: `${path}/revoke`,
            kind: 'warning',
          } as const,
        ]
      : []),
  ];
}

function snippetBlocks(grant: GrantView, publicUrl: string): readonly Block[] {
  return [
    { kind: 'heading', text: 'Fetch it by a program' },
    {
      kind: 'list',
      items: [{ text: 'Make a token for your programs', href: '/tokens' }],
    },
    ...snippetsFor(publicUrl, grant.id).map((one) => ({ kind: 'code', ...one }) as const),
  ];
}

function aboutRows(grant: GrantView, names: ThingNames): readonly SummaryRow[] {
  const { maxBytes, bytesDelivered, maxDownloads, downloads } = grant;
  const read = `${formatBytes(bytesDelivered)}, in ${String(downloads)} downloads`;
  const limits = [
    ...(maxBytes === null
      ? []
      : [`${formatBytes(Math.max(0, maxBytes - bytesDelivered))} are left`]),
    ...(maxDownloads === null
      ? []
      : [`${String(Math.max(0, maxDownloads - downloads))} downloads are left`]),
  ];
  const rows: [string, SummaryRow['value']][] = [
    ['Dataset', names.cell(grant.datasetId)],
    ['Owner of the data', names.cell(grant.providerId)],
    ['Held by', { text: names.of(grant.personId), notes: [names.of(grant.organisationId)] }],
    ['Project', names.cell(grant.projectId)],
    [
      'Agreement',
      { ...names.cell(grant.agreementId), notes: [`Version ${String(grant.agreementVersion)}`] },
    ],
    ['Request', names.cell(grant.accessRequestId)],
    ['How it is delivered', { text: deliveryInWords(grant.delivery) }],
    ['Issued', { instant: grant.issuedAt }],
    ['Ends', { instant: grant.expiresAt }],
    ...(grant.endedAt === null
      ? []
      : [['Ended', { instant: grant.endedAt }] satisfies [string, SummaryRow['value']]]),
    // What is not limited is not counted here: the trail has each reading.
    ...(limits.length === 0
      ? []
      : [['Read so far', { text: read, notes: limits }] satisfies [string, SummaryRow['value']]]),
    ['Id', { text: grant.id }],
  ];
  return rows.map(([key, value]) => ({ key, value }));
}
