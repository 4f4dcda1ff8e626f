import type { Role } from '../../identity/roles.js';
import { stateAt, type InvitationStatus } from './invitation.rules.js';
import type { InvitationRow } from './invitations.repository.js';

/** An invitation as who may invite sees it: everything but the token, which only its mail has. */
export interface InvitationView {
  readonly id: string;
  readonly organisationId: string;
  /** Null once the invitation has ended. */
  readonly email: string | null;
  readonly position: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly roles: readonly Role[];
  readonly status: InvitationStatus;
  readonly invitedBy: string;
  readonly invitedAt: string;
  readonly expiresAt: string;
  /** How often its mail was sent. */
  readonly sent: number;
  /** What became of it. */
  readonly membershipId: string | null;
}

export function toInvitationView(row: InvitationRow, now: Date): InvitationView {
  const { id, organisationId, email, position, startsOn, endsOn, roles, invitedBy, sent } = row;
  return {
    id,
    organisationId,
    email,
    position,
    startsOn,
    endsOn,
    roles,
    status: stateAt(row, now),
    invitedBy,
    invitedAt: row.invitedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    sent,
    membershipId: row.membershipId,
  };
}
