import type { Principal } from '../../identity/principal.js';
import type { Standing } from './version-lifecycle.rules.js';

/** Whose agreement it is: the drafting organisation and the parties. */
export interface Participants {
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
