import type { LiveMembership, Principal } from '../identity/principal.js';
import type { Account } from '../platform/web/views.js';

/** What the header says of who is signed in, and for which organisation they work now. */
export function accountOf(
  { name, pseudonym, memberships }: Principal,
  working: LiveMembership | undefined,
): Account {
  return {
    name: name ?? pseudonym,
    organisation: working?.organisationName ?? 'No organisation',
    ...(memberships.length > 1 && { changeHref: '/working-for' }),
  };
}
