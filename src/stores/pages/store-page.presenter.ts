import type { ProbeCheck } from '../../platform/object-store/probe-check.js';
import type { ActionLink, Block, Cell, SummaryRow } from '../../platform/web/pages/blocks.js';
import {
  GREEN,
  GREY,
  RED,
  tagOf,
  YELLOW,
  type StatusTag,
  type StatusTags,
} from '../../platform/web/pages/status-tag.js';
import type { StoreView } from '../store.view.js';
import { checkInWords } from './check-words.js';

const TAGS: StatusTags = {
  registered: { text: 'Not checked yet', classes: YELLOW },
  ready: { text: 'Ready', classes: GREEN },
  suspended: { text: 'Suspended', classes: RED },
  retired: { text: 'Retired', classes: GREY },
};
const RESULTS: Readonly<Record<ProbeCheck['result'], StatusTag>> = {
  pass: { text: 'Passed', classes: GREEN },
  fail: { text: 'Failed', classes: RED },
  skip: { text: 'Not tried', classes: GREY },
};

export const STORES_TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Stores', href: '/stores' },
] as const;

export function storeTag({ status, probe }: StoreView): StatusTag {
  const hasFailed = status === 'registered' && probe?.passed === false;
  return hasFailed ? { text: 'Check failed', classes: RED } : tagOf(TAGS, status);
}

/** Whether the last check passed, in words. */
export function probeCell({ probe }: StoreView): Cell {
  if (probe === null) {
    return { text: 'Never checked' };
  }
  return { tag: probe.passed ? RESULTS.pass : RESULTS.fail };
}

/** @param may what whoever reads the page may do with it. */
export function storeBlocks(store: StoreView, may: (act: string) => boolean): readonly Block[] {
  return [
    { kind: 'actions', links: actionsOf(store, may) },
    ...(store.status !== 'retired' && may('probe')
      ? [
          {
            kind: 'post',
            action: `/stores/${store.id}/probe`,
            button: 'Check it now',
            isSecondary: true,
          } as const,
        ]
      : []),
    ...probeBlocks(store),
    { kind: 'heading', text: 'About it' },
    { kind: 'summary', rows: aboutRows(store) },
  ];
}

function actionsOf(
  { id, status }: StoreView,
  may: (act: string) => boolean,
): readonly ActionLink[] {
  const to = (text: string, act: string, kind?: ActionLink['kind']): readonly ActionLink[] =>
    may(act) ? [{ text, href: `/stores/${id}/${act}`, ...(kind && { kind }) }] : [];
  if (status === 'retired') {
    return [];
  }
  return [
    ...to('Change its keys', 'rotate', 'secondary'),
    ...to('Access log', 'access-log', 'secondary'),
    ...to('Programs of the store', 'clients', 'secondary'),
    ...(status === 'suspended' ? to('Resume', 'resume') : to('Suspend', 'suspend', 'warning')),
    ...to('Retire', 'retire', 'warning'),
  ];
}

function probeBlocks({ probe, status }: StoreView): readonly Block[] {
  if (probe === null) {
    return [
      {
        kind: 'inset',
        text: 'It has not been checked. Until it has passed, nothing is read from it.',
      },
    ];
  }
  const failed = probe.checks.filter(({ result }) => result === 'fail').length;
  return [
    {
      kind: probe.passed ? 'inset' : 'warning',
      text: probe.passed
        ? 'It passed its last check: the broker can list and read what it must, and nothing more.'
        : `It failed ${String(failed)} of the checks below${status === 'registered' ? ', so nothing is read from it' : ''}. Mend what they say and check again.`,
    },
    {
      kind: 'table',
      id: 'checks',
      title: 'The last check',
      columns: [{ text: 'What was tried' }, { text: 'Result' }, { text: 'What it found' }],
      rows: probe.checks.map(({ name, result, detail }) => [
        { text: checkInWords(name) },
        { tag: RESULTS[result] },
        { text: detail },
      ]),
      empty: 'Nothing was tried.',
    },
  ];
}

function aboutRows(store: StoreView): readonly SummaryRow[] {
  const { accessLog } = store;
  const rows: [string, Cell][] = [
    ['Endpoint', { text: store.endpoint }],
    ['Region', { text: store.region }],
    ['Bucket', { text: store.bucket }],
    ['Last checked', store.probe === null ? { text: 'Never' } : { instant: store.probe.ranAt }],
    [
      'Keys changed',
      { instant: store.rotatedAt, notes: [`Set ${String(store.credentialVersion)}`] },
    ],
    ['Keys to be changed by', { instant: store.rotateBy }],
    ['Short-lived keys', { text: store.sts === null ? 'No' : store.sts.endpoint }],
    ...(accessLog === null
      ? [['Access log', { text: 'Not read' }] satisfies [string, Cell]]
      : ([
          ['Access log', { text: `${accessLog.bucket}/${accessLog.prefix}` }],
          [
            'Log read until',
            accessLog.readAt === null ? { text: 'Not yet' } : { instant: accessLog.readAt },
          ],
          ['Reads that nothing explains', { text: String(accessLog.unmatchedReads) }],
          ...(accessLog.fault === null
            ? []
            : [['Why the log was not read', { text: accessLog.fault }] satisfies [string, Cell]]),
        ] satisfies [string, Cell][])),
  ];
  return rows.map(([key, value]) => ({ key, value }));
}
