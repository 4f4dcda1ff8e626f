import type { Cause } from '../../cascade/cause.js';
import type { Operation } from '../../identity/operations.js';

/** What may stop, besides an agreement, whose own route says more. */
export const IMPACT_TYPES = [
  'party',
  'organisation',
  'membership',
  'person',
  'project',
  'dataset',
  'store',
] as const;
export type ImpactType = (typeof IMPACT_TYPES)[number];

/** The act that stops it: who may do that may ask what it would end. */
export const STOPPING: Readonly<Record<ImpactType, Operation>> = {
  party: 'party:suspend',
  organisation: 'organisation:suspend',
  membership: 'membership:end',
  person: 'person:suspend',
  project: 'project:close',
  dataset: 'dataset:freeze',
  store: 'store:suspend',
};

/** A thing that may stop, as far as its cause needs it. */
export interface ImpactSubject {
  /** Whose it is. */
  readonly organisationIds: readonly string[];
  readonly organisationId: string | null;
  readonly agreementId: string | null;
  readonly personId: string | null;
}

/** The cause that stopping it applies (domain.md section 3, "Cascades"). */
// eslint-disable-next-line complexity -- one line for each type of the closed list
export function causeOf(type: ImpactType, id: string, subject: ImpactSubject): Cause {
  const { organisationId, agreementId, personId } = subject;
  switch (type) {
    case 'party':
      return {
        code: 'party_stopped',
        agreementId: agreementId ?? '',
        organisationId: organisationId ?? '',
      };
    case 'organisation':
      return { code: 'organisation_stopped', organisationId: id };
    case 'membership':
      return {
        code: 'membership_ended',
        personId: personId ?? '',
        organisationId: organisationId ?? '',
      };
    case 'person':
      return { code: 'person_suspended', personId: id };
    case 'project':
      return { code: 'project_closed', projectId: id };
    case 'dataset':
      return { code: 'dataset_stopped', datasetId: id };
    case 'store':
      return { code: 'store_suspended', storeId: id };
  }
}
