/**
 * What may end something elsewhere: the closed list of domain.md section 3, "Cascades". Each names what stopped by id. A
 * preview of a lapse may name the one award of which it asks; without, it asks of all of that code.
 */
export type Cause =
  | { readonly code: 'version_stopped'; readonly agreementId: string; readonly version: number }
  | {
      readonly code: 'version_superseded';
      readonly agreementId: string;
      readonly version: number;
      readonly nextVersion: number;
    }
  | {
      readonly code: 'party_stopped';
      readonly agreementId: string;
      readonly organisationId: string;
    }
  | { readonly code: 'organisation_stopped'; readonly organisationId: string }
  | {
      readonly code: 'membership_ended';
      readonly personId: string;
      readonly organisationId: string;
    }
  | {
      readonly code: 'role_ended';
      readonly personId: string;
      readonly organisationId: string;
      readonly role: string;
    }
  | { readonly code: 'person_suspended'; readonly personId: string }
  | {
      readonly code: 'accreditation_lapsed';
      readonly personId: string;
      readonly scheme: string;
      readonly awardId?: string;
    }
  | {
      readonly code: 'training_lapsed';
      readonly personId: string;
      readonly course: string;
      readonly awardId?: string;
    }
  | {
      readonly code: 'organisation_check_lapsed';
      readonly organisationId: string;
      readonly kind: string;
    }
  | { readonly code: 'project_closed'; readonly projectId: string }
  | { readonly code: 'member_removed'; readonly projectId: string; readonly personId: string }
  | { readonly code: 'dataset_stopped'; readonly datasetId: string }
  | { readonly code: 'store_suspended'; readonly storeId: string };

export type CauseCode = Cause['code'];

export const CAUSE_CODES = [
  'version_stopped',
  'version_superseded',
  'party_stopped',
  'organisation_stopped',
  'membership_ended',
  'role_ended',
  'person_suspended',
  'accreditation_lapsed',
  'training_lapsed',
  'organisation_check_lapsed',
  'project_closed',
  'member_removed',
  'dataset_stopped',
  'store_suspended',
] as const satisfies readonly CauseCode[];
