import type { VersionStatus } from './lifecycle/version-lifecycle.rules.js';
import type { DataRole, DraftTerms } from './terms/terms.types.js';

export type PartyStatus =
  'invited' | 'reviewed' | 'signed' | 'active' | 'suspended' | 'withdrawn' | 'excluded' | 'lapsed';

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
}

/** One version of an agreement as it is stored, with its parties. */
export interface AgreementVersion {
  readonly id: string;
  readonly reference: string;
  /** The organisation that drafts it. */
  readonly organisationId: string;
  readonly version: number;
  readonly status: VersionStatus;
  readonly terms: DraftTerms;
  /** Canonical JSON of what is reviewed and signed; null while a draft. */
  readonly document: string | null;
  readonly versionHash: string | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** Counts edits and submissions: the ETag, and what reviews belong to. */
  readonly revision: number;
  readonly editors: readonly string[];
  readonly activatedAt: Date | null;
  readonly endedAt: Date | null;
  readonly parties: readonly Party[];
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

/** What a signatory answers. */
export interface SignatureAnswer {
  readonly decision: 'sign' | 'decline';
  readonly versionHash?: string;
  readonly reason?: string;
}

/** Why an agreement shall end, and whether the others had notice. */
export interface Termination {
  readonly reason: string;
  readonly noticeGivenOn?: string;
  readonly urgent?: boolean;
}
