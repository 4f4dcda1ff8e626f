import { agreementTag, dataRoleInWords } from '../agreements/agreement-words.js';
import { deliveryInWords } from '../agreements/delivery-words.js';
import { datasetTag } from '../catalogue/dataset-tag.js';
import { grantTag } from '../grants/grant-words.js';
import type { Principal } from '../identity/principal.js';
import { londonDay } from '../kernel/london-day.js';
import type { StatusTag } from '../platform/web/pages/status-tag.js';
import {
  FIRST_PAGE,
  type AgreementRow,
  type DatasetRow,
  type GrantRow,
} from './home.repository.js';
import type { Home } from './home.service.js';

const AUTH_LEVELS = {
  1: 'One factor',
  2: 'Two factors',
  3: 'Two factors, one in hardware',
} as const;
const MAX_DESCRIPTION = 160;

interface Section<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}

/** What the template of the first page needs, and nothing else. */
export interface HomePage {
  readonly title: string;
  readonly you: readonly {
    readonly key: string;
    readonly value: string;
    /** Of an organisation, its page. */
    readonly href?: string;
  }[];
  readonly agreements: Section<{
    readonly href: string;
    readonly reference: string;
    readonly title: string;
    readonly places: readonly string[];
    readonly lastDay: string | null;
    readonly tag: StatusTag;
  }>;
  readonly datasets: Section<{
    readonly title: string;
    readonly href: string;
    readonly description: string;
    readonly organisation: string;
    readonly kind: string;
    readonly tag: StatusTag;
  }>;
  readonly grants: Section<{
    readonly href: string;
    readonly dataset: string;
    readonly project: string;
    readonly agreement: string;
    readonly delivery: string;
    readonly expiresAt: Date;
    readonly tag: StatusTag;
  }>;
}

export function presentHome(principal: Principal, home: Home): HomePage {
  const { readAt } = home;
  return {
    title: 'Your data sharing',
    you: describeCaller(principal),
    agreements: sectionOf(home.agreements, (row) => presentAgreement(row, readAt)),
    datasets: sectionOf(home.datasets, presentDataset),
    grants: sectionOf(home.grants, (row) => presentGrant(row, readAt)),
  };
}

function sectionOf<Row, Shown>(rows: readonly Row[], present: (row: Row) => Shown): Section<Shown> {
  return { rows: rows.slice(0, FIRST_PAGE).map(present), hasMore: rows.length > FIRST_PAGE };
}

function describeCaller({ name, pseudonym, memberships, authLevel }: Principal): HomePage['you'] {
  return [
    { key: 'Name', value: name ?? 'Not given by the sign-in service' },
    { key: 'Known to others as', value: pseudonym },
    ...memberships.map(({ organisationId, organisationName, position, roles }) => ({
      key: organisationName,
      href: `/organisations/${organisationId}`,
      value: [position, ...roles.map(roleName)].join(', '),
    })),
    { key: 'Signed in with', value: AUTH_LEVELS[authLevel] },
  ];
}

function roleName(role: string): string {
  return (
    { dpo: 'data protection officer', ig_officer: 'information governance officer' }[role] ??
    role.replaceAll('_', ' ')
  );
}

function presentAgreement(row: AgreementRow, now: Date) {
  return {
    href: `/agreements/${row.id}`,
    reference: row.reference,
    title: row.title === '' ? 'Untitled draft' : row.title,
    places: row.places.map(
      ({ organisation, dataRole }) => `${organisation}: ${dataRoleInWords(dataRole).toLowerCase()}`,
    ),
    lastDay: row.endsAt === null ? null : lastDayBefore(row.endsAt),
    tag: agreementTag(row.status, row.endsAt, now),
  };
}

function presentDataset(row: DatasetRow) {
  return {
    title: row.title,
    href: `/datasets/${row.id}`,
    description: shorten(row.description),
    organisation: row.organisation,
    kind: row.kind === 'feed' ? 'Live feed' : 'Files',
    tag: datasetTag(row.access, row.status),
  };
}

function presentGrant(row: GrantRow, now: Date) {
  return {
    href: `/grants/${row.id}`,
    dataset: row.dataset,
    project: row.project,
    agreement: row.agreement,
    delivery: deliveryInWords(row.delivery),
    expiresAt: row.expiresAt,
    tag: grantTag(row.status, row.expiresAt, now),
  };
}

// An end is stored as the start of the day after the last.
function lastDayBefore(end: Date): string {
  return londonDay(new Date(end.getTime() - 1));
}

// Cut between words, counted in characters as people see them.
const characters = new Intl.Segmenter('en-GB', { granularity: 'grapheme' });

function shorten(text: string): string {
  const segments = characters.segment(text)[Symbol.iterator]();
  const cut = segments
    .take(MAX_DESCRIPTION)
    .map(({ segment }) => segment)
    .toArray()
    .join('');
  if (cut.length === text.length) {
    return text;
  }
  const space = /\s\S*$/.exec(text.slice(0, cut.length + 1))?.index;
  return `${cut.slice(0, space)}…`;
}
