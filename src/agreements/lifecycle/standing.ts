import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import type { Party } from '../agreement.types.js';
import type { Standing } from './version-lifecycle.rules.js';

/** Whose agreement it is: the drafting organisation and the parties. */
interface Participants {
  readonly organisationId: string;
  readonly parties: readonly Pick<Party, 'organisationId' | 'isLead' | 'status'>[];
}

/** Every capacity in which this caller may act on the agreement. Roles count only inside their organisation (R1.1). */
export function standingsOf(principal: Principal, agreement: Participants): ReadonlySet<Standing> {
  return new Set(
    principal.memberships.flatMap(({ organisationId, isOperator, roles }) => {
      const party = agreement.parties.find((other) => other.organisationId === organisationId);
      const places: readonly (readonly [boolean, Partial<Record<Role, Standing>>])[] = [
        [organisationId === agreement.organisationId, { data_owner: 'drafting_data_owner' }],
        [party?.status === 'active', { data_owner: 'party_data_owner' }],
        [party !== undefined, { dpo: 'party_dpo', signatory: 'party_signatory' }],
        [party?.isLead === true, LEAD],
        [isOperator, { ig_officer: 'operator_ig_officer' }],
      ];
      return places.flatMap(([isTheirs, standings]) =>
        isTheirs ? roles.flatMap((role) => standings[role] ?? []) : [],
      );
    }),
  );
}

const LEAD = {
  signatory: 'lead_signatory',
  dpo: 'lead_dpo',
  ig_officer: 'lead_ig_officer',
} as const;

/**
 * In whose name and role the caller acts, for the event: the first of these standings that they have.
 * @throws Error when they have none; the gate has seen to that they do.
 */
export function capacityOf(
  principal: Principal,
  agreement: Participants,
  allowed: readonly Standing[],
): { readonly organisationId: string; readonly role: string } {
  for (const membership of principal.memberships) {
    const held = standingsOf({ ...principal, memberships: [membership] }, agreement);
    const standing = allowed.find((candidate) => held.has(candidate));
    if (standing) {
      return { organisationId: membership.organisationId, role: ROLE_OF[standing] };
    }
  }
  throw new Error('Nobody acts without a standing');
}

const ROLE_OF: Readonly<Record<Standing, string>> = {
  drafting_data_owner: 'data_owner',
  party_data_owner: 'data_owner',
  party_dpo: 'dpo',
  party_signatory: 'signatory',
  lead_signatory: 'signatory',
  lead_dpo: 'dpo',
  lead_ig_officer: 'ig_officer',
  operator_ig_officer: 'ig_officer',
  broker: 'broker',
};
