import type { Principal } from '../../identity/principal.js';
import type { Standing } from './version-lifecycle.rules.js';

/** Whose agreement it is: the drafting organisation and the parties. */
interface Participants {
  readonly organisationId: string;
  readonly parties: readonly { readonly organisationId: string; readonly isLead: boolean }[];
}

/** Every capacity in which this caller may act on the agreement. Roles count only inside their organisation (R1.1). */
export function standingsOf(principal: Principal, agreement: Participants): ReadonlySet<Standing> {
  const standings = new Set<Standing>();
  for (const { organisationId, isOperator, roles } of principal.memberships) {
    const party = agreement.parties.find((other) => other.organisationId === organisationId);
    const isLead = party?.isLead === true;
    const capacities: readonly (readonly [boolean, Standing])[] = [
      [
        organisationId === agreement.organisationId && roles.includes('data_owner'),
        'drafting_data_owner',
      ],
      [party !== undefined && roles.includes('dpo'), 'party_dpo'],
      [party !== undefined && roles.includes('signatory'), 'party_signatory'],
      [isLead && roles.includes('signatory'), 'lead_signatory'],
      [isLead && roles.includes('dpo'), 'lead_dpo'],
      [isLead && roles.includes('ig_officer'), 'lead_ig_officer'],
      [isOperator && roles.includes('ig_officer'), 'operator_ig_officer'],
    ];
    for (const [holds, standing] of capacities) {
      if (holds) {
        standings.add(standing);
      }
    }
  }
  return standings;
}

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
  party_dpo: 'dpo',
  party_signatory: 'signatory',
  lead_signatory: 'signatory',
  lead_dpo: 'dpo',
  lead_ig_officer: 'ig_officer',
  operator_ig_officer: 'ig_officer',
  broker: 'broker',
};
