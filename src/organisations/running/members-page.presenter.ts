import type { Operation } from '../../identity/operations.js';
import type { Block, Cell } from '../../platform/web/pages/blocks.js';
import type { DelegationView } from '../delegations/delegation.view.js';
import type { InvitationView } from '../invitations/invitation.view.js';
import type { MemberRow } from '../memberships/memberships.repository.js';
import type { ThingNames } from '../naming/thing-names.service.js';
import { roleInWords } from '../role-words.js';
import type { ServiceAccountView } from '../service-accounts/service-account.view.js';

/** Who belongs to an organisation, and what whoever reads the page may do about it. */
interface Members {
  readonly id: string;
  readonly members: readonly MemberRow[];
  readonly invitations: readonly InvitationView[];
  readonly delegations: readonly DelegationView[];
  readonly programs: readonly ServiceAccountView[];
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
      ],
    },
    peopleTable(all),
    ...(may('membership:invite') ? [invitationsTable(all)] : []),
    delegationsTable(all),
    ...(may('service_account:read') ? [programsTable(all)] : []),
  ];
}

function peopleTable({ id, members, may }: Members): Block {
  return {
    kind: 'table',
    id: 'people',
    title: 'People',
    columns: [
      { text: 'Who' },
      { text: 'Position' },
      { text: 'Roles' },
      { text: 'Until' },
      { text: 'Give a role' },
      { text: 'Take a role away' },
      { text: 'End' },
    ],
    rows: members.map((member) => {
      const path = `/organisations/${id}/members/${member.id}`;
      const who = member.name ?? member.pseudonym;
      const [first] = member.roles;
      return [
        may('person:read') ? { text: who, href: `/people/${member.personId}` } : { text: who },
        { text: member.position },
        { text: member.roles.map(roleInWords).join(', ') },
        member.endsOn === null ? { text: 'No end' } : { day: member.endsOn },
        may('membership:change_roles')
          ? { text: `Give ${who} a role`, href: `${path}/roles` }
          : none(),
        may('membership:change_roles') && first !== undefined
          ? { text: `${roleInWords(first)} of ${who}`, href: `${path}/roles/${first}/remove` }
          : none(),
        may('membership:end') ? { text: `End for ${who}`, href: `${path}/end` } : none(),
      ];
    }),
    empty: 'Nobody. Invite the first.',
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
      { text: 'Change' },
    ],
    rows: invitations.map((one) => [
      { text: one.email ?? 'Not kept any more' },
      { text: one.position },
      { text: one.roles.map(roleInWords).join(', ') },
      { instant: one.expiresAt },
      { text: one.status.charAt(0).toUpperCase() + one.status.slice(1) },
      one.status === 'open'
        ? { text: 'Withdraw it', href: `/organisations/${id}/invitations/${one.id}/withdraw` }
        : none(),
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
      { text: 'Change' },
    ],
    rows: programs.map((one) => [
      { text: one.name },
      { text: one.clientId, notes: [one.issuer] },
      { text: names.of(one.accountablePersonId) },
      { text: one.status.charAt(0).toUpperCase() + one.status.slice(1) },
      one.status === 'active' && may('service_account:disable')
        ? { text: `Disable ${one.name}`, href: `${path}/${one.id}/disable` }
        : { text: `Remove ${one.name}`, href: `${path}/${one.id}/end` },
    ]),
    empty: 'No program acts for it.',
  };
}

function none(): Cell {
  return { text: '' };
}
