import type { Cause } from '../../cascade/cause.js';
import type { ProtectedResource } from '../../identity/authorisation.service.js';
import type { Operation } from '../../identity/operations.js';

/** What may stop, besides an agreement, whose own route says more. */
export const IMPACT_TYPES = [
  'party',
  'organisation',
  'organisation_check',
  'membership',
  'role',
  'person',
  'accreditation',
  'training',
  'project',
  'project_member',
  'dataset',
  'store',
] as const;
export type ImpactType = (typeof IMPACT_TYPES)[number];

/** Everything that may stop. */
export const STOP_TYPES = ['agreement', ...IMPACT_TYPES] as const;
export type StopType = (typeof STOP_TYPES)[number];

/** What somebody asks about. */
export interface StopQuestion {
  readonly type: StopType;
  readonly id: string;
  /** Of a membership the role, of a project the member, of an organisation the kind of check; null where the id says all. */
  readonly part: string | null;
}

/** The same, but for agreements. */
export interface ImpactQuestion extends StopQuestion {
  readonly type: ImpactType;
}

/** Types whose id names only the whole: `part` says the rest. */
export function hasParts(type: StopType): boolean {
  return type === 'role' || type === 'project_member' || type === 'organisation_check';
}

/**
 * The act that stops it: who may do that may ask what it would end. A training and a check stop by date alone: who
 * records them may ask.
 */
export const STOPPING: Readonly<Record<ImpactType, Operation>> = {
  party: 'party:suspend',
  organisation: 'organisation:suspend',
  organisation_check: 'organisation:check_record',
  membership: 'membership:end',
  role: 'membership:change_roles',
  person: 'person:suspend',
  accreditation: 'person:verify_accreditation',
  training: 'person:record_training',
  project: 'project:close',
  project_member: 'project:remove_member',
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
  /** Of an award or a check: its scheme, course or kind; of an agreement the version in force, 0 for none. */
  readonly code: string | null;
}

/**
 * On what the operation is required, all of them. A data_owner of one of the person's organisations records a training for
 * all of them, and must not learn from it what is granted to the others.
 */
export function guarded(
  type: ImpactType,
  { organisationIds, personId }: ImpactSubject,
): readonly ProtectedResource[] {
  const isOfPerson = type === 'person' || type === 'accreditation' || type === 'training';
  const whole = { organisationIds, ...(isOfPerson && personId !== null && { personId }) };
  const each = type === 'training' ? organisationIds.map((id) => ({ organisationIds: [id] })) : [];
  return [whole, ...each];
}

/** The cause that stopping it applies (domain.md section 3, "Cascades"). */
// eslint-disable-next-line complexity -- one line for each type of the closed list
export function causeOf({ type, id }: StopQuestion, subject: ImpactSubject): Cause {
  const organisationId = subject.organisationId ?? '';
  const personId = subject.personId ?? '';
  const code = subject.code ?? '';
  switch (type) {
    case 'agreement':
      return { code: 'version_stopped', agreementId: id, version: Number(code) };
    case 'party':
      return { code: 'party_stopped', agreementId: subject.agreementId ?? '', organisationId };
    case 'organisation':
      return { code: 'organisation_stopped', organisationId };
    case 'organisation_check':
      return { code: 'organisation_check_lapsed', organisationId, kind: code };
    case 'membership':
      return { code: 'membership_ended', personId, organisationId };
    case 'role':
      return { code: 'role_ended', personId, organisationId, role: code };
    case 'person':
      return { code: 'person_suspended', personId };
    case 'accreditation':
      return { code: 'accreditation_lapsed', personId, scheme: code, awardId: id };
    case 'training':
      return { code: 'training_lapsed', personId, course: code, awardId: id };
    case 'project':
      return { code: 'project_closed', projectId: id };
    case 'project_member':
      return { code: 'member_removed', projectId: id, personId };
    case 'dataset':
      return { code: 'dataset_stopped', datasetId: id };
    case 'store':
      return { code: 'store_suspended', storeId: id };
  }
}
