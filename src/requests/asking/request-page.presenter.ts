import { deliveryInWords } from '../../agreements/delivery-words.js';
import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import type { ActionLink, Block, PageModel, SummaryRow } from '../../platform/web/pages/blocks.js';
import type { AccessRequestSummary, AccessRequestView } from '../access-request.view.js';
import { FREQUENCIES, NEXT, requestTag } from './request-words.js';

const DECISIONS: Readonly<Record<string, string>> = {
  approved: 'Approved',
  refused: 'Refused',
  returned: 'Returned for correction',
};
const SAFES: Readonly<Record<string, string>> = {
  people: 'Safe people',
  project: 'Safe project',
  setting: 'Safe setting',
  data: 'Safe data',
  outputs: 'Safe outputs',
};

/** What whoever reads the page may do with the request now. */
export interface RequestRights {
  readonly isRequester: boolean;
  readonly mayDecide: boolean;
  readonly mayExplain: boolean;
}

export const REQUESTS_TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Requests', href: '/requests' },
] as const;

export function presentRequest(
  request: AccessRequestView,
  names: ThingNames,
  purpose: string,
  rights: RequestRights,
): PageModel {
  return {
    title: `${request.reference}: ${names.of(request.datasetId)}`,
    trail: [...REQUESTS_TRAIL, { text: request.reference, href: `/requests/${request.id}` }],
    tag: requestTag(request.status),
    blocks: [
      { kind: 'lead', text: NEXT[request.status] ?? '' },
      { kind: 'actions', links: actionsOf(request, rights) },
      ...decisionBlocks(request),
      { kind: 'heading', text: 'What is asked for' },
      { kind: 'summary', rows: askedRows(request, names, purpose) },
      ...(rights.isRequester
        ? [
            {
              kind: 'list',
              items: [{ text: 'The project', href: `/projects/${request.projectId}` }],
            } as const,
          ]
        : []),
    ],
  };
}

function actionsOf(
  { id, status }: AccessRequestView,
  rights: RequestRights,
): readonly ActionLink[] {
  const own: readonly ActionLink[] = rights.isRequester ? ownActions(id, status) : [];
  const decide: readonly ActionLink[] =
    rights.mayDecide && status === 'in_review'
      ? [{ text: 'Decide', href: `/requests/${id}/decide` }]
      : [];
  // A draft is its author's alone, and so is what would become of it.
  const mayExplain = rights.mayExplain && (rights.isRequester || status !== 'draft');
  const explain: readonly ActionLink[] = mayExplain
    ? [{ text: 'Why, or why not', href: `/requests/${id}/explanation`, kind: 'secondary' }]
    : [];
  return [...own, ...decide, ...explain];
}

function ownActions(id: string, status: string): readonly ActionLink[] {
  const to = (text: string, act: string, kind?: ActionLink['kind']): ActionLink => ({
    text,
    href: `/requests/${id}/${act}`,
    ...(kind && { kind }),
  });
  const withdraw = to('Withdraw', 'withdraw', 'secondary');
  switch (status) {
    case 'draft':
    case 'returned':
      return [to('Check and send', 'submit'), to('Change', 'edit', 'secondary'), withdraw];
    case 'submitted':
    case 'in_review':
      return [withdraw];
    case 'approved':
      return [to('Get access', 'grant'), to('Ask for longer', 'renew', 'secondary')];
    default:
      return [];
  }
}

function decisionBlocks({ decisions }: AccessRequestView): readonly Block[] {
  return decisions.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Decisions' },
        {
          kind: 'timeline',
          items: decisions.map(
            ({ decision, reason, position, isAutomatic, decidedAt, conditions }) => ({
              title: DECISIONS[decision] ?? decision,
              instant: decidedAt,
              by: isAutomatic ? 'the agreement’s rules' : position,
              text: reason,
              notes: conditions === null ? [] : ['On conditions that narrow what may be done.'],
            }),
          ),
        },
      ];
}

/** @param purpose in words. */
export function askedRows(
  request: AccessRequestSummary,
  names: ThingNames,
  purpose: string,
): readonly SummaryRow[] {
  const rows: [string, SummaryRow['value']][] = [
    ['Dataset', names.cell(request.datasetId)],
    ['Agreement', names.cell(request.agreementId)],
    ['Project', names.cell(request.projectId)],
    [
      'Asked by',
      { text: names.of(request.requesterId), notes: [names.of(request.organisationId)] },
    ],
    ['Needed for', { text: purpose }],
    ['Why', { text: request.justification }],
    ['How it is delivered', { text: deliveryInWords(request.delivery) }],
    ['Last day', { day: request.until }],
    ['How often', { text: FREQUENCIES[request.frequency] ?? request.frequency }],
    ['Joined with', { text: request.linkage ?? 'Nothing' }],
    ['Conflict of interest', { text: request.conflict ? (request.conflictText ?? 'Yes') : 'None' }],
    ...Object.entries(request.fiveSafes ?? {}).map(
      ([name, text]): [string, SummaryRow['value']] => [
        SAFES[name] ?? name,
        { text: String(text) },
      ],
    ),
    ...(request.undertaking
      ? [
          [
            'Undertaking given',
            { instant: request.undertaking.acceptedAt, notes: [request.undertaking.versionHash] },
          ] satisfies [string, SummaryRow['value']],
        ]
      : []),
  ];
  return rows.map(([key, value]) => ({ key, value }));
}
