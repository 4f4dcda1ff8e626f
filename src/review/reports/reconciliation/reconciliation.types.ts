/** The parts of the report that are lists. */
export const RECONCILIATION_PARTS = [
  'unmatched',
  'observed',
  'absent_from_log',
  'unused_issues',
  'unused_grants',
] as const;
export type ReconciliationPart = (typeof RECONCILIATION_PARTS)[number];

/** What is asked, checked; null is no filter. Instants are RFC 3339 in UTC. */
export interface ReconciliationQuestion {
  readonly datasetId: string | null;
  readonly storeId: string | null;
  readonly from: string;
  /** Not included. */
  readonly to: string;
  /** How late a store may write its log. */
  readonly lagSeconds: number;
}

/** Where a page starts: the last values of the page before, in the order of the part's columns. */
export type PartPosition = readonly string[];

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Of a store: how far its own account of who read what has been taken in. */
export interface StoreReading {
  readonly id: string;
  readonly name: string;
  readonly organisation: Named;
  /** False: nothing is known of what was read there past the broker. */
  readonly isRead: boolean;
  /** Requests from before are not looked at. */
  readonly since: string | null;
  readonly readAt: string | null;
  /** Before this, what the log does not tell of is missing from it. */
  readonly completeUntil: string | null;
  readonly newestLineAt: string | null;
  readonly lines: number;
  readonly unreadableLines: number;
  readonly unreadObjects: number;
  readonly fault: string | null;
}

/** Reads of one requester, dataset and hour that nothing explains. */
interface UnmatchedReads {
  readonly storeId: string;
  readonly dataset: Named;
  /** Tells one requester from another; who it is stands in the store's log. */
  readonly requester: string;
  readonly hour: string;
  readonly reads: number;
  readonly bytes: number;
  /** Null: of several. */
  readonly objectName: string | null;
  readonly reasons: readonly string[];
  /** Of one of them, in the store's log. */
  readonly storeRequestId: string;
}

/** A grant, as the lists name it; its holder by pseudonym (R5.7). */
export interface NamedGrant {
  readonly grantId: string;
  readonly pseudonym: string | null;
  readonly recipient: Named;
  readonly dataset: Named;
  readonly delivery: string;
}

interface ObservedReads extends NamedGrant {
  readonly reads: number;
  readonly bytes: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** A delivery of which the store's log does not tell. */
interface AbsentDelivery extends NamedGrant {
  readonly eventId: string;
  readonly occurredAt: string;
  readonly bytes: number;
}

/** URLs or credentials of which no use was seen. */
interface UnusedIssue extends NamedGrant {
  readonly eventId: string;
  readonly issued: 'urls' | 'credentials';
  readonly occurredAt: string;
}

interface UnusedGrant extends NamedGrant {
  readonly issuedAt: string;
  readonly status: string;
  readonly expiresAt: string;
}

export interface PartItems {
  readonly unmatched: UnmatchedReads;
  readonly observed: ObservedReads;
  readonly absent_from_log: AbsentDelivery;
  readonly unused_issues: UnusedIssue;
  readonly unused_grants: UnusedGrant;
}
