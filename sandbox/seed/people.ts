import { addMonths, londonDay } from '../../src/kernel/london-day.js';
import { systemClock } from '../../src/kernel/clock.js';
import { emailOf, PERSONAS, type PersonaName } from '../personas.js';
import type { Ground, Identified, Organisations, People, Seeding } from './seeding.js';

interface Profile {
  readonly personId: string;
  readonly memberships: readonly {
    readonly organisationId: string;
    readonly isOperator?: boolean;
  }[];
}

interface MembershipAnswer {
  readonly personId: string;
  readonly approvals: readonly { readonly approvalId: string }[];
}

/**
 * Who belongs where. The university's signatory is its data owner too: a project is activated by a data owner, and a dpo
 * who decided on projects would check their own work.
 */
const MEMBERS: readonly (readonly [
  persona: PersonaName,
  organisation: keyof Organisations,
  roles: readonly string[],
])[] = [
  ['officer', 'operator', ['ig_officer']],
  ['owner', 'city', ['data_owner']],
  ['ownerSignatory', 'city', ['signatory']],
  ['dpo', 'city', ['dpo']],
  ['partnerSignatory', 'university', ['signatory', 'data_owner']],
  ['partnerDpo', 'university', ['dpo']],
  ['researcher', 'university', ['researcher']],
];

/** The city's data office, a university, and a borough that has signed nothing yet. */
export async function registerOrganisations({ callers, say }: Seeding): Promise<Organisations> {
  const register = async (name: string, kind: string): Promise<string> => {
    const body = { name, kind, publicAuthority: true };
    return (await callers.admin.post<Identified>('/api/v1/organisations', body)).id;
  };
  const profile = await callers.admin.get<Profile>('/api/v1/me');
  const city = await register('City Police Data Office', 'agency');
  const university = await register('Thames University', 'university');
  const borough = await register('Riverside Borough Council', 'borough');
  say('The administrator registers a police data office, a university and a borough');
  return {
    operator: profile.memberships[0]?.organisationId ?? '',
    city,
    university,
    borough,
  };
}

/** Makes everybody a member. What takes two people, the second administrator approves. */
export async function registerMembers(
  { callers, issuer, say }: Seeding,
  organisations: Organisations,
): Promise<People> {
  const today = londonDay(systemClock.now());
  const ids: Partial<Record<PersonaName, string>> = {};
  for (const [persona, organisation, roles] of MEMBERS) {
    const membership = await callers.admin.post<MembershipAnswer>(
      `/api/v1/organisations/${organisations[organisation]}/memberships`,
      {
        issuer,
        subject: persona,
        name: PERSONAS[persona],
        email: emailOf(persona),
        position: PERSONAS[persona],
        startsOn: today,
        ...(roles.includes('researcher') ? { endsOn: addMonths(today, 36) } : {}),
        roles,
      },
    );
    for (const { approvalId } of membership.approvals) {
      await callers.admin2.post(`/api/v1/approvals/${approvalId}/approve`);
    }
    ids[persona] = membership.personId;
  }
  for (const persona of ['admin', 'admin2'] as const) {
    ids[persona] = (await callers[persona].get<Profile>('/api/v1/me')).personId;
  }
  say('Seven people join them; the second administrator approves each signatory and officer');
  return ids as Record<PersonaName, string>;
}

/** The researcher's accreditation and training, and the checks of both organisations. */
export async function vouchForResearcher({
  callers,
  organisations,
  people,
  today,
  say,
}: Ground): Promise<void> {
  const { admin } = callers;
  for (const organisation of ['city', 'university'] as const) {
    await admin.post(`/api/v1/organisations/${organisations[organisation]}/checks`, {
      kind: 'ico',
      number: `SANDBOX-${organisation.toUpperCase()}`,
      issuedOn: addMonths(today, -1),
      expiresOn: addMonths(today, 11),
    });
  }
  const person = `/api/v1/people/${people.researcher}`;
  const accreditation = await admin.post<Identified>(`${person}/accreditations`, {
    scheme: 'dea_full',
    number: 'SANDBOX-0001',
    awardedOn: addMonths(today, -2),
    expiresOn: addMonths(today, 58),
  });
  await admin.post(`${person}/accreditations/${accreditation.id}/verify`);
  await admin.post(`${person}/trainings`, {
    course: 'safe_researcher_training',
    awardedOn: addMonths(today, -2),
  });
  say('The researcher is accredited and trained; both organisations are registered with the ICO');
}
