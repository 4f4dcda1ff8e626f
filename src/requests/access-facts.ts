import type { AccessRequestStatus } from './access-request.rules.js';

/** The terms of an agreement version that bound a request and its grant (domain.md section 2, Access). */
export interface AccessTerms {
  readonly modes: readonly string[];
  readonly approval: 'policy' | 'owner';
  readonly standingDecider?: { readonly personId: string; readonly position: string };
  readonly accreditations: readonly string[];
  readonly trainings: readonly string[];
  readonly orgChecks: readonly string[];
  readonly minAuth: 'aal2' | 'aal3';
  readonly dpop: boolean;
  readonly maxGrantDays: number;
  readonly maxDownloads?: number;
  readonly maxBytes?: number;
  readonly maxRevocationSeconds: number;
  readonly purposes: readonly string[];
  /** Absent in a framework, which grants nothing. */
  readonly items?: readonly {
    readonly datasetId: string;
    readonly dataClass: string;
    readonly release: string;
    /** Of a feed: what was there before the grant too. */
    readonly includeHistory?: boolean;
  }[];
  readonly actions?: readonly string[];
  readonly countries?: readonly string[];
  /** Those named in the version; who acceded is not. */
  readonly parties: readonly { readonly organisationId: string; readonly dataRole: string }[];
}

/** A qualification and the last London day it holds. */
export interface Held {
  readonly code: string;
  readonly expiresOn: string;
}

/**
 * Everything that the checks of one access request need, read in one statement: rows as they are, judged elsewhere.
 * Days are London days, inclusive; instants RFC 3339.
 */
export interface AccessFacts {
  readonly request: {
    readonly id: string;
    readonly status: AccessRequestStatus;
    readonly requesterId: string;
    readonly projectId: string;
    readonly datasetId: string;
    readonly agreementId: string;
    readonly agreementVersion: number;
    readonly organisationId: string;
    readonly purpose: string;
    readonly delivery: string;
    readonly untilOn: string;
    readonly conflict: boolean;
    readonly undertakingHash: string | null;
    readonly conditions: unknown;
  };
  readonly person: {
    readonly status: string;
    readonly accreditations: readonly Held[];
    readonly trainings: readonly Held[];
  };
  /** The requester's live membership of the organisation with role researcher; null when there is none. */
  readonly affiliation: {
    readonly endsOn: string | null;
    readonly roles: readonly string[];
  } | null;
  readonly organisation: {
    readonly status: string;
    readonly kind: string;
    readonly checks: readonly Held[];
  };
  readonly provider: { readonly id: string; readonly status: string };
  readonly project: {
    readonly status: string;
    readonly startsOn: string;
    readonly endsOn: string;
    readonly purposes: readonly string[];
    readonly ethicsApproved: boolean;
    readonly isMember: boolean;
  };
  readonly agreement: {
    readonly reference: string;
    readonly status: string;
    readonly versionHash: string | null;
    readonly endsAt: string | null;
    readonly partyStatus: string | null;
    readonly providerStatus: string | null;
    /** What the requester's organisation is in the agreement now: `provider`, `recipient` or `both`. */
    readonly partyRole: string | null;
    readonly terms: AccessTerms;
  };
  readonly dataset: {
    readonly access: string;
    readonly kind: string;
    readonly status: string;
    readonly sensitivity: string;
    readonly tags: readonly string[];
    /** Null with the store. */
    readonly prefix: string | null;
    readonly sealedVersion: string | null;
    readonly disclosesLocation: boolean;
    /** Of a feed: the last number given, and whether its prefix was looked at to the end lately; null before. */
    readonly feed: { readonly lastNumber: number; readonly isWatched: boolean } | null;
  };
  /** Null for a dataset in no store: nobody is granted it. */
  readonly store: {
    readonly id: string;
    readonly endpoint: string;
    readonly status: string;
    readonly probePassed: boolean | null;
    readonly probedAt: string | null;
    readonly clockOffsetSeconds: number | null;
    /** What the last probe said of the store's STS, by check; null without one. */
    readonly stsChecks: Readonly<Record<string, string>> | null;
  } | null;
  /** A live grant of the same person under the same request. */
  readonly liveGrantId: string | null;
  readonly policyVersion: number;
  /** When the public log was last published; null until the log runs. */
  readonly logPublishedAt: string | null;
}
