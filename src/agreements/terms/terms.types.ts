import type { AggregateTerms, AssessmentTerms, ViewTerms } from './releases/release.types.js';

/** Closed lists of agreement terms (domain.md section 2). */
export const AGREEMENT_KINDS = ['framework', 'sharing', 'licence'] as const;
export const SIGNING_WAYS = ['concordat', 'signed_outside'] as const;
export const DATA_ROLES = ['provider', 'recipient', 'both'] as const;
export const CONTROLLER_ROLES = ['separate', 'joint', 'processor'] as const;
export const ADMISSIONS = ['lead', 'providers'] as const;
export const RELEASES = ['raw', 'view', 'aggregate'] as const;
export const DPIA_STATUSES = [
  'not_required',
  'in_progress',
  'approved',
  'approved_high_risk',
] as const;
export const DELIVERY_MODES = ['stream', 'presign', 'sts', 'feed', 'view', 'aggregate'] as const;
export const APPROVALS = ['policy', 'owner'] as const;
export const ORGANISATION_CHECKS = ['ico', 'dspt', 'iso_27001', 'ce', 'ce_plus'] as const;
export const MIN_AUTHS = ['aal2', 'aal3'] as const;
export const SETTINGS = ['transfer', 'tre'] as const;
export const DISPOSALS = ['destroy', 'return', 'archive'] as const;

export type DataRole = (typeof DATA_ROLES)[number];
export type Release = (typeof RELEASES)[number];
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** One organisation's place in the terms. */
export interface PartyTerms {
  readonly organisationId: string;
  readonly signatoryId: string;
  readonly dpoId: string;
  readonly dataRole: DataRole;
  readonly controllerRole: (typeof CONTROLLER_ROLES)[number];
  /** UK GDPR Art 26; for joint controllers. */
  readonly jointArrangement?: string;
  readonly breachContact: string;
  readonly queryContact: string;
  readonly founding: boolean;
  readonly lead: boolean;
}

/** What the agreement lets out of one dataset. */
export interface ItemTerms {
  readonly datasetId: string;
  readonly providerId: string;
  readonly fields: readonly { readonly name: string; readonly reason: string }[];
  readonly release: Release;
  readonly view?: ViewTerms;
  readonly aggregate?: AggregateTerms;
  readonly assessment?: AssessmentTerms;
  readonly includeHistory?: boolean;
  readonly dataClass: string;
  readonly subjects: string;
  readonly source: string;
  readonly period: string;
}

interface DpiaTerms {
  readonly status: (typeof DPIA_STATUSES)[number];
  readonly reason?: string;
  readonly dpoView?: string;
  readonly reviewOn?: string;
  readonly priorConsultation?: string;
}

/** A document beside the terms: its digest enters the version's hash. */
export interface Attachment {
  readonly kind: string;
  readonly sha256: string;
  readonly mediaType: string;
}

/** By what law one party processes the personal data. */
export interface LegalTerms {
  readonly organisationId: string;
  /** UK GDPR Art 6. */
  readonly article6: readonly string[];
  /** UK GDPR Annex 1, for `6-1-ea`. */
  readonly recognisedInterest?: string;
  /** Legitimate interests assessment, for `6-1-f`. */
  readonly lia?: Attachment;
  /** UK GDPR Art 9. */
  readonly article9?: readonly string[];
  /** DPA 2018, Schedule 1. */
  readonly schedule1?: readonly string[];
  readonly appropriatePolicy?: Attachment;
  /** A public authority's express or implied powers to share. */
  readonly gateways?: readonly string[];
  readonly gatewayText?: string;
  /** DPA 2018, Part 3: law-enforcement processing. */
  readonly part3?: boolean;
  readonly part3Text?: string;
  readonly confidentiality: string;
  readonly optOut: string;
}

/** The terms of a version that passed the rules: section 2 of domain.md without what is generated. */
export interface AgreementTerms {
  readonly title: string;
  readonly summary: string;
  readonly kind: (typeof AGREEMENT_KINDS)[number];
  readonly parentAgreementId?: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly reviewOn: string;
  readonly signing: (typeof SIGNING_WAYS)[number];
  readonly parties: readonly PartyTerms[];
  readonly admission: (typeof ADMISSIONS)[number];
  readonly purposes: readonly string[];
  readonly objective: string;
  readonly necessity: string;
  readonly publicBenefit: string;
  readonly alternatives: string;
  readonly prohibitedUses: readonly string[];
  /** UK GDPR Arts 84A to 84D, for research. */
  readonly rasSafeguards?: string;
  readonly items?: readonly ItemTerms[];
  readonly legal?: readonly LegalTerms[];
  readonly dpia: DpiaTerms;
  readonly modes?: readonly DeliveryMode[];
  readonly actions?: readonly string[];
  readonly approval: (typeof APPROVALS)[number];
  readonly standingDecider?: { readonly personId: string; readonly position: string };
  readonly accreditations: readonly string[];
  readonly trainings: readonly string[];
  readonly orgChecks: readonly (typeof ORGANISATION_CHECKS)[number][];
  readonly minAuth: (typeof MIN_AUTHS)[number];
  readonly dpop: boolean;
  readonly maxGrantDays: number;
  readonly maxDownloads?: number;
  readonly maxBytes?: number;
  readonly maxRevocationSeconds: number;
  readonly countries?: readonly string[];
  readonly setting: (typeof SETTINGS)[number];
  /** The party that answers people who exercise their rights. */
  readonly rightsLead?: string;
  readonly sarContact?: string;
  /** DPA 2018 s164A. */
  readonly complaintsContact?: string;
  readonly privacyNotices?: readonly string[];
  /** The party that answers requests under the Freedom of Information Act 2000. */
  readonly foiLead?: string;
  readonly accuracy: string;
  readonly security: string;
  readonly format: string;
  /** ISO 8601 duration. */
  readonly retention: string;
  readonly disposal: (typeof DISPOSALS)[number];
  readonly disposalDays: number;
  readonly breachHours: number;
  readonly noticeDays: number;
  readonly changeProcess: string;
  readonly publish: boolean;
  readonly unpublishedReason?: string;
  readonly attachments?: readonly Attachment[];
}

type DraftOf<T> = T extends readonly (infer Item)[]
  ? readonly DraftOf<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: DraftOf<T[Name]> }
    : T;

/** Terms while they are written: any may be absent, none may be of a wrong type. */
export type DraftTerms = DraftOf<AgreementTerms>;
export type DraftItem = DraftOf<ItemTerms>;

/** Written into a new draft, so that its authors see what they leave as it is. */
export const DEFAULT_TERMS = {
  signing: 'concordat',
  admission: 'providers',
  accreditations: [],
  trainings: [],
  orgChecks: [],
  minAuth: 'aal2',
  dpop: false,
  maxGrantDays: 90,
  maxRevocationSeconds: 1,
  setting: 'transfer',
  disposalDays: 30,
  breachHours: 24,
  noticeDays: 30,
} as const satisfies DraftTerms;
