import type { DelegationRow } from './delegations.repository.js';

export interface DelegationView {
  readonly id: string;
  readonly organisationId: string;
  readonly membershipId: string;
  readonly role: string;
  /** Whose duty it is. */
  readonly giver: { readonly personId: string; readonly pseudonym: string };
  readonly deputy: { readonly personId: string; readonly pseudonym: string };
  readonly startsOn: string;
  readonly endsOn: string;
  readonly reason: string;
  readonly endedAt: string | null;
  readonly endedBy: string | null;
}

export function toDelegationView(row: DelegationRow): DelegationView {
  const { id, organisationId, membershipId, role, startsOn, endsOn, reason, endedBy } = row;
  return {
    id,
    organisationId,
    membershipId,
    role,
    giver: { personId: row.giverId, pseudonym: row.giverPseudonym },
    deputy: { personId: row.deputyId, pseudonym: row.deputyPseudonym },
    startsOn,
    endsOn,
    reason,
    endedAt: row.endedAt?.toISOString() ?? null,
    endedBy,
  };
}
