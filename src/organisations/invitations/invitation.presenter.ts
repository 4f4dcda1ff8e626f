import type { PersonProfile } from '../../identity/oidc/id-token.js';
import { hintOf } from './invitation.rules.js';
import type { InvitationRow } from './invitations.repository.js';

/** What the page of an invitation shows to whoever has its link. */
export interface InvitationPage {
  readonly title: string;
  readonly rows: readonly { readonly key: string; readonly value: string }[];
  readonly expiresAt: Date;
  /** Null before the sign-in. */
  readonly signedInAs: string | null;
}

/** @param guest who has signed in, and what the provider said of them. */
export function presentInvitation(
  { organisationName, position, roles, email, expiresAt }: InvitationRow,
  guest: { readonly profile: PersonProfile | undefined } | undefined,
): InvitationPage {
  const { name = null, email: address = null } = guest?.profile ?? {};
  const who = [name, address].filter((one) => one !== null).join(', ');
  return {
    title: `Join ${organisationName}`,
    rows: [
      { key: 'Organisation', value: organisationName },
      { key: 'Position', value: position },
      { key: 'Roles', value: roles.map((role) => role.replaceAll('_', ' ')).join(', ') },
      { key: 'Sent to', value: hintOf(email ?? '') },
    ],
    expiresAt,
    signedInAs: guest ? who || 'the account that you have signed in with' : null,
  };
}
