import type { Reviewed } from './review-dates/review-date.rules.js';
import type { VersionStatus } from './lifecycle/version-lifecycle.rules.js';
import type { Notice } from './notices/notice.rules.js';
import type { PartyStatus } from './parties/party-lifecycle.rules.js';
import type { DataRole, DraftTerms } from './terms/terms.types.js';

/** One organisation's place in an agreement, with its own state (domain.md section 3, "Party"). */
export interface Party {
  readonly id: string;
  readonly organisationId: string;
  readonly dataRole: DataRole;
  readonly isLead: boolean;
  readonly isFounding: boolean;
  readonly signatoryId: string;
  readonly dpoId: string;
  readonly status: PartyStatus;
  /** What the party has answered to this version's hash: a party in force answers to every material amendment. */
  readonly answer: 'none' | 'reviewed' | 'signed' | 'attested';
  /** The event that explains the party's present state. */
  readonly auditEventId: string;
}

/** R3.2: what only changes contacts or an assessment is signed by the lead alone. */
export type Amendment = 'administrative' | 'material';

/** Who vouched for a version that was signed on paper, and when (R3.22). */
export interface Attestation {
  readonly attestedAt: string;
  /** The lead's signatory. */
  readonly attestedBy: string;
  /** The lead's dpo. */
  readonly approvedBy: string;
}

/** One version of an agreement as it is stored, with its parties. */
export interface AgreementVersion {
  readonly id: string;
  readonly reference: string;
  /** The organisation that drafts this version. */
  readonly organisationId: string;
  readonly version: number;
  /** The version it was made from; null for the first. */
  readonly amends: number | null;
  /** Known once the content is locked. */
  readonly amendment: Amendment | null;
  readonly status: VersionStatus;
  readonly terms: DraftTerms;
  /** Canonical JSON of what is reviewed and signed; null while a draft. */
  readonly document: string | null;
  readonly versionHash: string | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** Counts edits and submissions: the ETag, and what reviews belong to. */
  readonly revision: number;
  /** When it was put to the other parties first; null until then: it is its drafter's alone. */
  readonly submittedAt: Date | null;
  readonly editors: readonly string[];
  readonly attestation: Attestation | null;
  /** London days, which change outside the signed content (R3.18). */
  readonly nextReviewOn: string | null;
  readonly nextDpiaReviewOn: string | null;
  readonly activatedAt: Date | null;
  readonly endedAt: Date | null;
  readonly parties: readonly Party[];
  /** Given and not settled: of parties, and of the version in force. */
  readonly notices: readonly Notice[];
  /** The event that explains the version's present state. */
  readonly auditEventId: string;
}

/** What a reviewer answers. */
export interface ReviewAnswer {
  readonly decision: 'accept' | 'return';
  readonly partyId?: string;
  readonly reason?: string;
  readonly versionHash?: string;
}

/** That the agreement in force, or its DPIA, was reviewed. */
export interface ReviewCompletion {
  readonly decision: 'complete';
  /** Absent: the agreement. */
  readonly review?: Reviewed;
  readonly nextReviewOn?: string;
  readonly reason?: string;
}

/** What a signatory answers. */
export interface SignatureAnswer {
  readonly decision: 'sign' | 'decline';
  readonly versionHash?: string;
  readonly reason?: string;
}

/** Why an agreement shall end: after notice, or at once. */
export interface Termination {
  readonly reason: string;
  readonly urgent?: boolean;
  /** Absent: the version in force. */
  readonly version?: number;
}

/** The next term of an agreement; London days. */
export interface Renewal {
  readonly startsOn?: string;
  readonly endsOn: string;
  readonly reviewOn: string;
}

/** Why the lead ends a party's place: after notice, or at once. */
export interface Exclusion {
  readonly reason: string;
  readonly urgent?: boolean;
}
