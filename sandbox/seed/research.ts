import { addDays, addMonths } from '../../src/kernel/london-day.js';
import type { Ground, Identified } from './seeding.js';

export const RESEARCH_PURPOSE = 'https://w3id.org/dpv#AcademicResearch';
/** Among the purposes of the project, and not among those of the agreement. */
export const OTHER_PURPOSE = 'https://w3id.org/dpv#PublicPolicyMaking';

export interface AccessRequest {
  readonly id: string;
  readonly status: string;
  readonly decisions: readonly { readonly decision: string; readonly reason: string }[];
}

export interface RequestFor {
  readonly projectId: string;
  readonly datasetId: string;
  readonly agreement: { readonly id: string; readonly versionHash: string | null };
  readonly purpose: string;
  /** Default: `stream`. */
  readonly delivery?: string;
}

/** The researcher's project, activated by the university's data owner. */
export async function makeProject({ callers, organisations, today, say }: Ground): Promise<string> {
  const { id } = await callers.researcher.post<Identified>('/api/v1/projects', {
    organisationId: organisations.university,
    title: 'Where and when are people searched?',
    summary: 'Maps the rate of searches by place and hour, and asks what else explains it.',
    publicBenefit: 'Public evidence on the fairness of searches.',
    purposes: [RESEARCH_PURPOSE, OTHER_PURPOSE],
    startsOn: today,
    endsOn: addMonths(today, 18),
    ethicsApproved: true,
    ethicsReference: 'SANDBOX-ETHICS-1',
  });
  await callers.partnerSignatory.post(`/api/v1/projects/${id}/activate`);
  say('The researcher makes a project; the university activates it');
  return id;
}

/** The researcher asks and undertakes to keep the terms that were read. */
export async function submitRequest(
  { callers, today }: Pick<Ground, 'callers' | 'today'>,
  { projectId, datasetId, agreement, purpose, delivery = 'stream' }: RequestFor,
): Promise<AccessRequest> {
  const path = '/api/v1/access-requests';
  const { id } = await callers.researcher.post<Identified>(path, {
    projectId,
    datasetId,
    agreementId: agreement.id,
    purpose,
    justification: 'The rows are needed to compute rates by place and hour.',
    delivery,
    until: addDays(today, 60),
    frequency: 'recurring',
    conflict: false,
  });
  return callers.researcher.post<AccessRequest>(`${path}/${id}/submit`, {
    versionHash: agreement.versionHash,
  });
}

/** A request that the provider's data owner approves. @returns its id. */
export async function approveRequest(
  ground: Pick<Ground, 'callers' | 'today' | 'say'>,
  request: RequestFor,
): Promise<string> {
  const { id } = await submitRequest(ground, request);
  await ground.callers.owner.post(`/api/v1/access-requests/${id}/decisions`, {
    decision: 'approved',
    reason: 'The purpose and the fields fit the agreement.',
  });
  ground.say('The researcher asks for a dataset under the agreement; the data owner approves');
  return id;
}
