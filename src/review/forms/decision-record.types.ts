import type { AgreementTerms, LegalTerms, PartyTerms } from '../../agreements/terms/terms.types.js';

interface NamedOrganisation {
  readonly id: string;
  readonly name: string;
}

/** Everything a decision record tells, as it is stored. */
export interface DecisionFacts {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly purpose: string;
  readonly justification: string;
  readonly untilOn: string;
  readonly frequency: 'one_off' | 'recurring';
  /** Null while it was never submitted. */
  readonly receivedAt: Date | null;
  readonly provider: NamedOrganisation;
  readonly requesting: NamedOrganisation;
  readonly requesterId: string;
  /** Names are null once erased. */
  readonly requester: { readonly name: string | null; readonly position: string | null };
  readonly dataset: { readonly id: string; readonly title: string };
  readonly agreement: {
    readonly id: string;
    readonly reference: string;
    readonly version: number;
    readonly versionHash: string;
    readonly status: string;
    readonly endsAt: string;
    readonly terms: AgreementTerms;
    /** What those of the two said of themselves that joined later: it is in no version's terms. */
    readonly acceded: readonly { readonly party: PartyTerms; readonly legal?: LegalTerms }[];
  } | null;
  readonly dpoReviews: readonly {
    readonly organisation: string;
    readonly decision: string;
    readonly reason: string | null;
    readonly reviewedAt: string;
  }[];
  readonly firstGrantAt: Date | null;
  readonly decision: {
    readonly decision: 'approved' | 'refused' | 'returned';
    readonly reason: string;
    readonly conditions: object | null;
    readonly name: string | null;
    readonly position: string;
    readonly role: string;
    readonly isAutomatic: boolean;
    readonly decidedAt: string;
    readonly auditEventId: string;
  } | null;
}

/** The law by which one of the two organisations acts, in words. */
export interface LawInWords {
  readonly organisation: string;
  readonly lawfulBasis: readonly string[];
  readonly specialCategory: readonly string[];
  readonly schedule1: readonly string[];
  readonly part3: string | null;
  readonly powers: readonly string[];
  readonly confidentiality: string;
  readonly optOut: string;
}

/** The decision record of one access request: the fields of Annex B of the ICO's data sharing code, in its order. */
export interface DecisionRecord {
  readonly reference: string;
  readonly receivingOrganisation: string;
  readonly requestingOrganisation: string;
  readonly requester: { readonly name: string | null; readonly position: string | null };
  readonly receivedOn: string;
  readonly data: {
    readonly datasetId: string;
    readonly title: string;
    readonly dataClass: string | null;
    readonly fields: readonly string[];
    readonly subjects: string | null;
    readonly source: string | null;
    readonly period: string | null;
  };
  readonly controllerRelationship: readonly {
    readonly organisation: string;
    readonly dataRole: string;
    readonly controllerRole: string;
    readonly jointArrangement: string | null;
  }[];
  readonly agreement: {
    readonly id: string;
    readonly reference: string;
    readonly version: number;
    readonly versionHash: string;
    readonly title: string;
    readonly status: string;
  };
  readonly purpose: { readonly code: string; readonly label: string; readonly objective: string };
  readonly law: readonly LawInWords[];
  readonly necessity: { readonly agreement: string; readonly request: string };
  readonly dpia: {
    readonly status: string;
    readonly reason: string | null;
    readonly priorConsultation: string | null;
    readonly reviewOn: string | null;
  };
  readonly dpoViews: {
    readonly onDpia: string | null;
    readonly reviews: DecisionFacts['dpoReviews'];
  };
  readonly retention: {
    readonly period: string;
    readonly disposal: string;
    readonly disposalDays: number;
  };
  readonly security: {
    readonly measures: string;
    readonly setting: string;
    readonly minAuth: string;
  };
  readonly rights: {
    readonly leadOrganisationId: string | null;
    readonly accessRequestContact: string | null;
    readonly complaintsContact: string | null;
    readonly privacyNotices: readonly string[];
  };
  readonly sharing: {
    readonly frequency: string;
    readonly firstGrantOn: string | null;
    readonly untilOn: string;
  };
  /** The last answer; null while there is none. */
  readonly decision: {
    readonly outcome: string;
    readonly reasons: string;
    readonly conditions: object | null;
    readonly decidedBy: {
      readonly name: string | null;
      readonly position: string;
      readonly role: string;
      readonly isAutomatic: boolean;
    };
    /** The event that holds the decision in the audit log. */
    readonly signedByEventId: string;
    readonly decidedOn: string;
  } | null;
}
