import type { ApiClient } from '../../sandbox/api-client.js';
import { callerFor } from '../../sandbox/callers.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, addMonths, londonDay } from '../../src/kernel/london-day.js';
import type { HttpWorld } from './http-world.js';

/** A borough as it comes to an agreement: its signatory, who owns its data too, its dpo and one researcher. */
export interface Borough {
  readonly name: string;
  readonly organisationId: string;
  readonly signatory: ApiClient;
  readonly dpo: ApiClient;
  readonly researcher: ApiClient;
  /** Its place in the terms. */
  readonly party: Readonly<Record<string, unknown>>;
}

const DUTIES = {
  signatory: ['signatory', 'data_owner'],
  dpo: ['dpo'],
  researcher: ['researcher'],
} as const;
type Duty = keyof typeof DUTIES;

const subjectOf = (name: string, duty: Duty): string =>
  `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${duty}`;

/** The accounts that boroughs of these names need at the provider. */
export function boroughSubjects(names: readonly string[]): readonly string[] {
  return names.flatMap((name) =>
    (Object.keys(DUTIES) as Duty[]).map((duty) => subjectOf(name, duty)),
  );
}

/** Registers a borough and its three people, through HTTP. */
export async function registerBorough(world: HttpWorld, name: string): Promise<Borough> {
  const { admin } = world.callers;
  const { id: organisationId } = await admin.post<{ id: string }>('/api/v1/organisations', {
    name,
    kind: 'borough',
    publicAuthority: true,
  });
  const signatoryId = await addMember(world, { organisationId, name, duty: 'signatory' });
  const dpoId = await addMember(world, { organisationId, name, duty: 'dpo' });
  await addMember(world, { organisationId, name, duty: 'researcher' });
  const caller = (duty: Duty): ApiClient =>
    callerFor(world.config.publicUrl, world.provider, subjectOf(name, duty) as PersonaName);
  return {
    name,
    organisationId,
    signatory: caller('signatory'),
    dpo: caller('dpo'),
    researcher: caller('researcher'),
    party: {
      organisationId,
      signatoryId,
      dpoId,
      dataRole: 'recipient',
      controllerRole: 'separate',
      breachContact: 'breach@sandbox.example',
      queryContact: 'data@sandbox.example',
    },
  };
}

async function addMember(
  { callers, provider }: HttpWorld,
  member: { readonly organisationId: string; readonly name: string; readonly duty: Duty },
): Promise<string> {
  const today = londonDay(systemClock.now());
  const subject = subjectOf(member.name, member.duty);
  const { personId, approvals } = await callers.admin.post<{
    readonly personId: string;
    readonly approvals: readonly { readonly approvalId: string }[];
  }>(`/api/v1/organisations/${member.organisationId}/memberships`, {
    issuer: provider.issuer,
    subject,
    name: subject,
    email: `${subject}@sandbox.example`,
    position: `The ${member.duty}`,
    startsOn: today,
    endsOn: addMonths(today, 12),
    roles: DUTIES[member.duty],
  });
  for (const { approvalId } of approvals) {
    await callers.admin2.post(`/api/v1/approvals/${approvalId}/approve`);
  }
  return personId;
}

/** A project of the borough and its request, approved by the provider's data owner. @returns the request's id. */
export async function approvedFor(
  { callers }: HttpWorld,
  borough: Borough,
  request: {
    readonly agreementId: string;
    readonly versionHash: string;
    readonly datasetId: string;
    readonly purpose: string;
  },
): Promise<string> {
  const today = londonDay(systemClock.now());
  const { agreementId, versionHash, datasetId, purpose } = request;
  const { id: projectId } = await borough.researcher.post<{ id: string }>('/api/v1/projects', {
    organisationId: borough.organisationId,
    title: `${borough.name} in figures`,
    summary: 'Compares the borough with its neighbours.',
    publicBenefit: 'Better planning.',
    purposes: [purpose],
    startsOn: today,
    endsOn: addMonths(today, 6),
    ethicsApproved: false,
  });
  await borough.signatory.post(`/api/v1/projects/${projectId}/activate`);
  const path = '/api/v1/access-requests';
  const { id } = await borough.researcher.post<{ id: string }>(path, {
    projectId,
    datasetId,
    agreementId,
    purpose,
    justification: 'To compare.',
    delivery: 'stream',
    until: addDays(today, 30),
    frequency: 'one_off',
    conflict: false,
  });
  await borough.researcher.post(`${path}/${id}/submit`, { versionHash });
  await callers.owner.post(`${path}/${id}/decisions`, { decision: 'approved', reason: 'It fits.' });
  return id;
}
