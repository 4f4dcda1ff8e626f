import type { Principal } from '../identity/principal.js';
import type { Account } from '../platform/web/views.js';

/** What the header says of who is signed in. */
export function accountOf({ name, pseudonym, memberships }: Principal): Account {
  const [first, ...others] = memberships.map(({ organisationName }) => organisationName);
  const more = others.length === 0 ? '' : ` and ${String(others.length)} more`;
  return {
    name: name ?? pseudonym,
    organisation: first === undefined ? 'No organisation' : `${first}${more}`,
  };
}
