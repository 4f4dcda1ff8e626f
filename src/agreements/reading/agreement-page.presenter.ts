import type { ThingNames } from '../../organisations/naming/thing-names.service.js';
import { londonDay } from '../../kernel/london-day.js';
import { spansOf, type Spans } from '../../platform/web/charts/spans.js';
import type { ActionLink, Block, PageModel } from '../../platform/web/pages/blocks.js';
import {
  GREEN,
  GREY,
  RED,
  tagOf,
  YELLOW,
  type StatusTags,
} from '../../platform/web/pages/status-tag.js';
import type { AgreementView } from '../agreement.view.js';
import { agreementTag, dataRoleInWords } from '../agreement-words.js';
import { AGREEMENTS_TRAIL } from '../drafting/draft-page.presenter.js';

const PARTY_TAGS: StatusTags = {
  invited: { text: 'Invited', classes: YELLOW },
  reviewed: { text: 'Reviewed', classes: YELLOW },
  signed: { text: 'Signed', classes: GREEN },
  active: { text: 'Active', classes: GREEN },
  suspended: { text: 'Suspended', classes: RED },
  withdrawn: { text: 'Withdrawn', classes: GREY },
  excluded: { text: 'Excluded', classes: GREY },
  lapsed: { text: 'Lapsed', classes: GREY },
};
const ANSWERS: Readonly<Record<string, string>> = {
  none: 'Nothing yet',
  reviewed: 'Reviewed',
  signed: 'Signed',
};
const NOTICES: Readonly<Record<string, string>> = {
  terminate: 'The agreement ends',
  withdraw: 'A party withdraws',
  exclude: 'A party is excluded',
};

/** What whoever reads the page may do with the agreement now. */
export interface AgreementRights {
  readonly mayEdit: boolean;
  readonly mayReview: boolean;
  readonly maySign: boolean;
  readonly mayAmend: boolean;
  readonly maySuspend: boolean;
  readonly mayResume: boolean;
  readonly mayTerminate: boolean;
  readonly mayAccede: boolean;
  readonly mayChangeParties: boolean;
  readonly mayTakeBack: boolean;
  readonly mayAttest: boolean;
}

const TABS = ['overview', 'terms', 'versions', 'signatures', 'calendar'] as const;
type Tab = (typeof TABS)[number];
const TAB_WORDS: Readonly<Record<Tab, string>> = {
  overview: 'Overview',
  terms: 'Terms',
  versions: 'Changes',
  signatures: 'Signatures',
  calendar: 'Calendar',
};

/** The head of every page of an agreement. */
export function agreementHead(
  agreement: AgreementView,
  active: Tab,
  now: Date,
): Omit<PageModel, 'blocks'> {
  const path = `/agreements/${agreement.id}`;
  const endsAt = agreement.endsAt === null ? null : new Date(agreement.endsAt);
  return {
    title: agreement.title === '' ? 'Untitled draft' : agreement.title,
    trail: [...AGREEMENTS_TRAIL, { text: agreement.reference, href: path }],
    tag: agreementTag(agreement.status, endsAt, now),
    tabs: {
      label: 'Pages of this agreement',
      items: [
        ...TABS.map((tab) => ({
          text: TAB_WORDS[tab],
          href: tab === 'overview' ? path : `${path}/${tab}`,
          active: tab === active,
        })),
        { text: 'Who has access', href: `${path}/access`, active: false },
      ],
    },
  };
}

export function overviewBlocks(
  agreement: AgreementView,
  names: ThingNames,
  rights: AgreementRights,
): readonly Block[] {
  const summary = (agreement.terms as { readonly summary?: string }).summary;
  return [
    ...(summary === undefined ? [] : [{ kind: 'lead', text: summary } as const]),
    { kind: 'actions', links: actionsOf(agreement, rights) },
    { kind: 'summary', rows: aboutRows(agreement, names) },
    {
      kind: 'table',
      id: 'parties',
      title: 'Parties',
      columns: [
        { text: 'Organisation' },
        { text: 'Part' },
        { text: 'Answer to this version' },
        { text: 'Place' },
        { text: 'Change' },
      ],
      rows: agreement.parties.map((party) => [
        { ...names.cell(party.organisationId), notes: party.lead ? ['Leads'] : [] },
        { text: dataRoleInWords(party.dataRole) },
        { text: ANSWERS[party.answer] ?? party.answer },
        { tag: tagOf(PARTY_TAGS, party.status) },
        rights.mayChangeParties && agreement.status === 'active'
          ? {
              text: `Change the place of ${names.of(party.organisationId)}`,
              href: `/agreements/${agreement.id}/parties/${party.id}`,
            }
          : { text: '' },
      ]),
      empty: 'No party is named yet. The draft has a task for that.',
    },
    ...noticeBlocks(agreement, names, rights),
    ...agreement.warnings.map(({ detail }) => ({ kind: 'inset', text: detail }) as const),
    ...(agreement.promisedNotEnforced.length === 0
      ? []
      : [
          {
            kind: 'inset',
            text: `The terms forbid some uses that no program can prevent (${String(agreement.promisedNotEnforced.length)}): they are promised, not enforced.`,
          } as const,
        ]),
  ];
}

function actionsOf({ id, status }: AgreementView, rights: AgreementRights): readonly ActionLink[] {
  const to = (text: string, act: string, kind?: ActionLink['kind']): ActionLink => ({
    text,
    href: `/agreements/${id}/${act}`,
    ...(kind && { kind }),
  });
  const when = (may: boolean, ...links: readonly ActionLink[]) => (may ? links : []);
  switch (status) {
    case 'draft':
      return [
        ...when(rights.mayEdit, to('Go on with the draft', 'draft')),
        ...when(rights.mayAttest, to('Attest that it was signed on paper', 'attest', 'secondary')),
      ];
    case 'in_review':
      return when(rights.mayReview, to('Review', 'review'));
    case 'awaiting_signature':
      return [
        ...when(rights.maySign, to('Sign', 'sign')),
        ...when(rights.mayReview, to('Send back', 'review', 'secondary')),
      ];
    case 'active':
      return [
        ...when(
          rights.mayAmend,
          to('Amend', 'amend', 'secondary'),
          to('Renew', 'renew', 'secondary'),
        ),
        ...when(rights.mayAccede, to('Invite a party', 'accede', 'secondary')),
        ...when(rights.mayReview, to('Complete a review', 'review', 'secondary')),
        ...when(rights.maySuspend, to('Suspend', 'suspend', 'warning')),
        ...when(rights.mayTerminate, to('Terminate', 'terminate', 'warning')),
      ];
    case 'suspended':
      return [
        ...when(rights.mayResume, to('Resume', 'resume')),
        ...when(rights.mayTerminate, to('Terminate', 'terminate', 'warning')),
      ];
    default:
      return [];
  }
}

function aboutRows(agreement: AgreementView, names: ThingNames) {
  const rows = [
    { key: 'Reference', value: { text: agreement.reference } },
    { key: 'Version', value: { text: String(agreement.version) } },
    { key: 'Drafted by', value: names.cell(agreement.organisationId) },
    ...(agreement.startsAt === null
      ? []
      : [{ key: 'First day', value: { day: londonDay(new Date(agreement.startsAt)) } }]),
    ...(agreement.endsAt === null
      ? []
      : [{ key: 'Last day', value: { day: lastDayBefore(agreement.endsAt) } }]),
    ...(agreement.nextReviewOn === null
      ? []
      : [{ key: 'Next review', value: { day: agreement.nextReviewOn } }]),
    ...(agreement.nextDpiaReviewOn === null
      ? []
      : [
          {
            key: 'Next review of the impact assessment',
            value: { day: agreement.nextDpiaReviewOn },
          },
        ]),
    ...(agreement.activatedAt === null
      ? []
      : [{ key: 'In force since', value: { instant: agreement.activatedAt } }]),
    ...(agreement.endedAt === null
      ? []
      : [{ key: 'Ended', value: { instant: agreement.endedAt } }]),
    { key: 'Content', value: { text: agreement.versionHash ?? 'Not locked yet' } },
  ];
  return rows;
}

function noticeBlocks(
  { id, notices, parties }: AgreementView,
  names: ThingNames,
  { mayTakeBack }: AgreementRights,
): readonly Block[] {
  return notices.length === 0
    ? []
    : [
        {
          kind: 'table',
          id: 'notices',
          title: 'Notices',
          columns: [
            { text: 'What' },
            { text: 'Who' },
            { text: 'Given' },
            { text: 'Takes effect' },
            { text: 'Change' },
          ],
          rows: notices.map((notice) => [
            { text: NOTICES[notice.act] ?? notice.act },
            {
              text: names.of(
                parties.find((party) => party.id === notice.partyId)?.organisationId ??
                  notice.organisationId,
              ),
            },
            { instant: notice.givenAt },
            { instant: notice.takesEffectAt },
            mayTakeBack
              ? { text: 'Take it back', href: `/agreements/${id}/notices/${notice.id}/take-back` }
              : { text: '' },
          ]),
          empty: '',
        },
      ];
}

/** The agreement's dates as a picture. */
export function calendarOf(agreement: AgreementView, now: Date): Spans {
  const { startsAt, endsAt, nextReviewOn, nextDpiaReviewOn, notices, reference } = agreement;
  return spansOf({
    id: 'calendar',
    title: 'Calendar',
    today: londonDay(now),
    spans: [
      ...(startsAt !== null && endsAt !== null
        ? [
            {
              name: reference,
              what: 'In force',
              from: londonDay(new Date(startsAt)),
              to: lastDayBefore(endsAt),
              isPast: new Date(endsAt).getTime() <= now.getTime(),
            },
          ]
        : []),
      ...(nextReviewOn === null
        ? []
        : [{ name: 'Review', what: 'Review due', from: nextReviewOn }]),
      ...(nextDpiaReviewOn === null
        ? []
        : [{ name: 'Impact assessment', what: 'Review due', from: nextDpiaReviewOn }]),
      ...notices.map(({ act, givenAt, takesEffectAt }) => ({
        name: NOTICES[act] ?? act,
        what: 'Notice',
        from: londonDay(new Date(givenAt)),
        to: londonDay(new Date(takesEffectAt)),
      })),
    ],
  });
}

// An end is the start of the day after the last.
function lastDayBefore(endsAt: string): string {
  return londonDay(new Date(new Date(endsAt).getTime() - 1));
}
