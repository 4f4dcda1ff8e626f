import { ROLES } from '../../identity/roles.js';
import type { Choice } from '../../platform/web/pages/blocks.js';
import type { MemberRow } from '../memberships/memberships.repository.js';
import { roleInWords } from '../role-words.js';

/** As many as a page shows; the API pages. */
export const MEMBERS_SHOWN = 200;

export const ROLE_CHOICES: readonly Choice[] = ROLES.map((value) => ({
  value,
  text: roleInWords(value),
}));

/** Members to choose one from; the first choice is none. */
export function memberChoices(members: readonly MemberRow[]): readonly Choice[] {
  return [
    { value: '', text: 'Choose' },
    ...members.map(({ personId, name, pseudonym, position }) => ({
      value: personId,
      text: `${name ?? pseudonym}, ${position}`,
    })),
  ];
}
