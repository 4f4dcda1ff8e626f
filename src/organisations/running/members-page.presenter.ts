import { capitalised } from '../../kernel/capitalised.js';
import type { Operation } from '../../identity/operations.js';
import type { Block, Cell } from '../../platform/web/pages/blocks.js';
import type { DelegationView } from '../delegations/delegation.view.js';
import type { InvitationView } from '../invitations/invitation.view.js';
import type { MemberRow } from '../memberships/memberships.repository.js';
import type { ThingNames } from '../naming/thing-names.service.js';
import { roleInWords } from '../role-words.js';
import type { OwnTeamView } from '../teams/team.view.js';
import type { ServiceAccountView } from '../service-accounts/service-account.view.js';

/** Who belongs to an organisation, and what whoever reads the page may do about it. */
interface Members {
  readonly id: string;
  readonly members: readonly MemberRow[];
  readonly invitations: readonly InvitationView[];
  readonly delegations: readonly DelegationView[];
  readonly programs: readonly ServiceAccountView[];
  readonly teams: readonly OwnTeamView[];
  readonly names: ThingNames;
  readonly may: (operation: Operation) => boolean;
}

export function membersBlocks(all: Members): readonly Block[] {
  const { id, may } = all;
  const path = `/organisations/${id}`;
  return [
    {
      kind: 'actions',
      links: [
        ...(may('membership:invite')
          ? [{ text: 'Invite somebody', href: `${path}/invitations/new` }]
          : []),
        ...(may('delegation:give')
          ? [{ text: 'Name a deputy', href: `${path}/delegations/new`, kind: 'secondary' } as const]
          : []),
        ...(may('service_account:register')
          ? [
              {
                text: 'Register a program',
                href: `${path}/programs/new`,
                kind: 'secondary',
              } as const,
            ]
          : []),
        ...(may('organisation:describe')
          ? [{ text: 'Make a team', href: `${path}/teams/new`, kind: 'secondary' } as const]
          : []),
      ],
    },
    peopleTable(all),
    teamsTable(all),
    ...(may('membership:invite') ? [invitationsTable(all)] : []),
    delegationsTable(all),
    ...(may('service_account:read') ? [programsTable(all)] : []),
  ];
}

function peopleTable({ id, members }: Members): Block {
  return {
    kind: 'table',
    id: 'people',
    title: 'People',
    columns: [{ text: 'Who' }, { text: 'Position' }, { text: 'Roles' }, { text: 'Last day' }],
    rows: members.map((member) => [
      { text: member.name ?? member.pseudonym, href: `/organisations/${id}/members/${member.id}` },
      { text: member.position },
      { text: member.roles.map(roleInWords).join(', ') },
      member.endsOn === null ? { text: 'No end' } : { day: member.endsOn },
    ]),
    empty: 'Nobody. Invite the first.',
  };
}

function teamsTable({ id, teams, may }: Members): Block {
  return {
    kind: 'table',
    id: 'teams',
    title: 'Teams',
    columns: [{ text: 'Name' }, { text: 'Mailbox' }, { text: 'Who is in it' }, { text: 'Shown' }],
    rows: teams.map(({ id: teamId, name, contact, isPublic, members }) => [
      may('organisation:describe')
        ? { text: name, href: `/organisations/${id}/teams/${teamId}` }
        : { text: name },
      { text: contact },
      { text: members.map((one) => one.name ?? one.position).join(', ') },
      { text: isPublic ? 'To everybody' : 'Within the organisation' },
    ]),
    empty: 'There is none. A team says whom others ask; it gives nobody a right.',
  };
}

function invitationsTable({ id, invitations }: Members): Block {
  return {
    kind: 'table',
    id: 'invitations',
    title: 'Invitations',
    columns: [
      { text: 'To' },
      { text: 'Position' },
      { text: 'Roles' },
      { text: 'Good until' },
      { text: 'Status' },
      { text: 'Send again' },
      { text: 'Withdraw' },
    ],
    rows: invitations.map((one) => [
      { text: one.email ?? 'Not kept any more' },
      { text: one.position },
      { text: one.roles.map(roleInWords).join(', ') },
      { instant: one.expiresAt },
      { text: capitalised(one.status) },
      ...(one.status === 'open'
        ? ['resend', 'withdraw'].map((act) => ({
            text: `${act === 'resend' ? 'Send again' : 'Withdraw'}: ${one.position}`,
            href: `/organisations/${id}/invitations/${one.id}/${act}`,
          }))
        : [none(), none()]),
    ]),
    empty: 'Nobody is invited.',
  };
}

function delegationsTable({ id, delegations }: Members): Block {
  return {
    kind: 'table',
    id: 'deputies',
    title: 'Deputies',
    columns: [
      { text: 'Who stands in' },
      { text: 'For' },
      { text: 'As' },
      { text: 'From' },
      { text: 'Last day' },
      { text: 'Change' },
    ],
    rows: delegations.map((one) => [
      { text: one.deputy.pseudonym },
      { text: one.giver.pseudonym },
      { text: roleInWords(one.role) },
      { day: one.startsOn },
      { day: one.endsOn },
      one.endedAt === null
        ? { text: 'End it', href: `/organisations/${id}/delegations/${one.id}/end` }
        : { text: 'Ended' },
    ]),
    empty: 'Nobody stands in for anybody.',
  };
}

function programsTable({ id, programs, names, may }: Members): Block {
  const path = `/organisations/${id}/programs`;
  return {
    kind: 'table',
    id: 'programs',
    title: 'Programs',
    columns: [
      { text: 'Name' },
      { text: 'Client' },
      { text: 'Answers for it' },
      { text: 'Status' },
      { text: 'Stop' },
      { text: 'Start' },
    ],
    rows: programs.map((one) => [
      { text: one.name },
      { text: one.clientId, notes: [one.issuer] },
      { text: names.of(one.accountablePersonId) },
      { text: capitalised(one.status) },
      may('service_account:disable') && one.status !== 'ended' ? stopping(one, path) : none(),
      may('service_account:enable') && one.status === 'disabled'
        ? { text: `Enable ${one.name}`, href: `${path}/${one.id}/enable` }
        : none(),
    ]),
    empty: 'No program acts for it.',
  };
}

function stopping({ id, name, status }: ServiceAccountView, path: string): Cell {
  return status === 'active'
    ? { text: `Disable ${name}`, href: `${path}/${id}/disable` }
    : { text: `Remove ${name}`, href: `${path}/${id}/end` };
}

function none(): Cell {
  return { text: '' };
}
