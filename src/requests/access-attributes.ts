import { endOfDay } from '../kernel/london-day.js';
import { freezeAttributes, type Attributes } from '../policy/attributes.js';
import type { AccessFacts, Held } from './access-facts.js';

/** What only the request at hand can say. */
export interface RequestCircumstances {
  readonly now: Date;
  /** A program acts for the requester; by default they act themselves. */
  readonly kind?: 'person' | 'service';
  readonly authLevel: number;
  readonly delivery: string;
  readonly ip: string | null;
  readonly country: string | null;
  readonly hasDpop: boolean;
}

/** The attributes of domain.md section 4 for one access request. Pure; a missing fact is a missing attribute. */
export function attributesOf(facts: AccessFacts, circumstances: RequestCircumstances): Attributes {
  const { request, person, organisation, provider, project, agreement, dataset } = facts;
  const trainings = codes(person.trainings);
  return freezeAttributes({
    'subject.id': request.requesterId,
    'subject.kind': circumstances.kind ?? 'person',
    'subject.organisationId': request.organisationId,
    'subject.organisationKind': organisation.kind,
    'subject.roles': facts.affiliation?.roles ?? [],
    'subject.organisationChecks': codes(organisation.checks),
    'subject.accreditations': impliedAccreditations(codes(person.accreditations)),
    'subject.trainings': trainings,
    'subject.trainingValid': agreement.terms.trainings.every((code) => trainings.includes(code)),
    'subject.authLevel': circumstances.authLevel,
    'dataset.id': request.datasetId,
    'dataset.ownerOrganisationId': provider.id,
    'dataset.access': dataset.access,
    'dataset.kind': dataset.kind,
    'dataset.status': dataset.status,
    'dataset.sensitivity': dataset.sensitivity,
    'dataset.tags': dataset.tags,
    'agreement.id': request.agreementId,
    'agreement.version': request.agreementVersion,
    'agreement.status': agreement.status,
    'agreement.providerStatus': agreement.providerStatus,
    'agreement.partyStatus': agreement.partyStatus,
    'agreement.endsAt': agreement.endsAt === null ? null : new Date(agreement.endsAt).toISOString(),
    'project.id': request.projectId,
    'project.status': project.status,
    'project.endsAt': endOfDay(project.endsOn).toISOString(),
    'project.purposes': project.purposes,
    'project.ethicsApproved': project.ethicsApproved,
    'request.purpose': request.purpose,
    'request.delivery': circumstances.delivery,
    'request.until': endOfDay(request.untilOn).toISOString(),
    'request.dpop': circumstances.hasDpop,
    'request.conflict': request.conflict,
    'request.now': circumstances.now.toISOString(),
    'request.ip': circumstances.ip,
    'request.country': circumstances.country,
  });
}

function codes(held: readonly Held[]): readonly string[] {
  return [...new Set(held.map(({ code }) => code))];
}

/** A full accreditation implies the provisional one (domain.md, vocabulary `accreditation`). */
export function impliedAccreditations(held: readonly string[]): readonly string[] {
  return held.includes('dea_full') ? [...new Set([...held, 'dea_provisional'])] : held;
}
