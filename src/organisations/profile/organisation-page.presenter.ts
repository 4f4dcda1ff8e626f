import type { OwnTeamView, TeamView } from '../teams/team.view.js';
import type { OwnPage, PublicPage } from './organisation-page.view.js';

const KINDS: Readonly<Record<string, string>> = {
  borough: 'Borough',
  agency: 'Agency',
  company: 'Company',
  university: 'University',
  charity: 'Charity',
};
const SCHEMES: Readonly<Record<string, string>> = {
  ons: 'Office for National Statistics',
  ods: 'Organisation Data Service',
  ror: 'Research Organization Registry',
  companies_house: 'Companies House',
  charity_number: 'Charity Commission',
};
const CHECKS: Readonly<Record<string, string>> = {
  ico: 'ICO registration',
  dspt: 'Data Security and Protection Toolkit',
  iso_27001: 'ISO 27001',
  ce: 'Cyber Essentials',
  ce_plus: 'Cyber Essentials Plus',
};
const ACCESS = ['open', 'shared', 'closed'] as const;

/** What the page of an organisation shows. */
export interface OrganisationPage {
  readonly title: string;
  readonly trail: readonly object[];
  readonly summary: string | null;
  readonly about: readonly { readonly key: string; readonly value: object }[];
  readonly datasets: readonly { readonly text: string; readonly href: string }[];
  readonly teamRows: readonly (readonly object[])[];
  readonly checkRows: readonly (readonly object[])[] | undefined;
}

export function presentOrganisation(page: OwnPage | PublicPage): OrganisationPage {
  const { id, name, kind, identifier, publicAuthority, website, contact } = page;
  const rows: readonly (readonly [string, object | null])[] = [
    ['Kind', { text: KINDS[kind] ?? kind }],
    ['Public authority', { text: publicAuthority ? 'Yes' : 'No' }],
    [
      'Known as',
      identifier && {
        text: `${SCHEMES[identifier.scheme] ?? identifier.scheme}, ${identifier.value}`,
      },
    ],
    ['Website', website === null ? null : { text: website, href: website }],
    ['Contact', contact === null ? null : { text: contact }],
    ['Status', 'status' in page && page.status !== 'active' ? { text: page.status } : null],
  ];
  return {
    title: name,
    trail: [{ text: 'Home', href: '/' }, { text: name }],
    summary: page.summary,
    about: rows.flatMap(([key, value]) => (value === null ? [] : [{ key, value }])),
    datasets: ACCESS.flatMap((access) => {
      const count = page.datasets?.[access] ?? 0;
      const href = `/datasets?organisation=${id}&access=${access}`;
      return count === 0 ? [] : [{ text: `${String(count)} ${access}`, href }];
    }),
    teamRows: page.teams.map(teamRow),
    checkRows:
      'checks' in page
        ? page.checks.map(({ kind: check, number, expiresOn }) => [
            { text: CHECKS[check] ?? check },
            { text: number },
            { day: expiresOn },
          ])
        : undefined,
  };
}

function teamRow(team: TeamView | OwnTeamView): readonly object[] {
  const members = 'members' in team ? team.members : [];
  return [
    {
      text: team.name,
      notes: members.map((one) => `${one.name ?? 'No name given'}, ${one.position}`),
    },
    { text: team.purpose ?? '' },
    { text: team.contact },
  ];
}
