import type { Operation } from '../../identity/operations.js';
import type { ActionLink, Block } from '../../platform/web/pages/blocks.js';
import type { MemberRow } from '../memberships/memberships.repository.js';
import { roleInWords } from '../role-words.js';

interface Reader {
  /** The member reads of themselves. */
  readonly isOwn: boolean;
  readonly may: (operation: Operation) => boolean;
}

/** One member of an organisation, and what whoever reads it may do about the membership. */
export function memberBlocks(member: MemberRow, reader: Reader): readonly Block[] {
  const { personId, pseudonym, position, startsOn, endsOn } = member;
  return [
    { kind: 'actions', links: actions(member, reader) },
    {
      kind: 'summary',
      rows: [
        { key: 'Position', value: { text: position } },
        { key: 'Member from', value: { day: startsOn } },
        { key: 'Last day', value: endsOn === null ? { text: 'No end' } : { day: endsOn } },
        { key: 'Known to others as', value: { text: pseudonym } },
        ...(reader.may('person:read')
          ? [
              {
                key: 'Accreditations and trainings',
                value: { text: 'See them', href: `/people/${personId}` },
              },
            ]
          : []),
      ],
    },
    rolesTable(member, reader),
  ];
}

function rolesTable({ id, organisationId, roleDays }: MemberRow, { may }: Reader): Block {
  const path = `/organisations/${organisationId}/members/${id}/roles`;
  const mayTake = may('membership:change_roles');
  return {
    kind: 'table',
    id: 'roles',
    title: 'Roles',
    columns: [
      { text: 'Role' },
      { text: 'From' },
      { text: 'Last day' },
      ...(mayTake ? [{ text: 'Change' }] : []),
    ],
    rows: roleDays.map(({ role, startsOn, endsOn }) => [
      { text: roleInWords(role) },
      { day: startsOn },
      endsOn === null ? { text: 'As long as the membership' } : { day: endsOn },
      ...(mayTake
        ? [
            {
              text: `Take away: ${roleInWords(role).toLowerCase()}`,
              href: `${path}/${role}/remove`,
            },
          ]
        : []),
    ]),
    empty: 'They have no role: they can sign in and see what every member sees.',
  };
}

function actions({ id, organisationId }: MemberRow, { isOwn, may }: Reader): readonly ActionLink[] {
  const path = `/organisations/${organisationId}/members/${id}`;
  const links: (ActionLink | false)[] = [
    may('membership:change_roles') && { text: 'Give a role', href: `${path}/roles` },
    may('membership:hand_over') && {
      text: 'Hand over what they hold',
      href: `${path}/hand-over`,
      kind: 'secondary',
    },
    may('membership:end') && !isOwn && { text: 'End', href: `${path}/end`, kind: 'warning' },
    isOwn && { text: 'Leave', href: `${path}/leave`, kind: 'warning' },
  ];
  return links.filter((link) => link !== false);
}
