import type { Decision } from '../policy/decision.js';

/** Who asks for bytes: the bearer of a grant token, or its holder in a console session. */
export type DeliveryCaller = {
  readonly grantId: string;
  readonly ip: string | null;
  readonly country: string | null;
} & (
  | {
      readonly via: 'token';
      readonly epoch: number;
      readonly jkt: string | null;
      /** The program that the token was given to; null for a person. */
      readonly clientId: string | null;
      readonly tokenExpiresAt: Date;
    }
  | { readonly via: 'session'; readonly personId: string; readonly authLevel: number }
);

export type TokenCaller = Extract<DeliveryCaller, { readonly via: 'token' }>;

/** What delivery reads of a grant, its dataset included. Sizes are bytes. */
export interface DeliveryGrant {
  readonly id: string;
  readonly accessRequestId: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly providerId: string;
  readonly projectId: string;
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly datasetId: string;
  /** Of files; null for a feed. */
  readonly datasetVersion: string | null;
  /** Of a feed: the number after which the grant begins; null for files. */
  readonly feedAfter: number | null;
  readonly prefix: string;
  readonly storeId: string;
  readonly delivery: string;
  readonly status: string;
  readonly expiresAt: Date;
  readonly epoch: number;
  readonly jkt: string | null;
  readonly maxBytes: number | null;
  readonly maxDownloads: number | null;
}

/** A grant that is asked for, live or not. */
export interface Asked {
  readonly grant: DeliveryGrant;
  /** The program that asks; null for a person. */
  readonly clientId: string | null;
}

/** A grant whose row is live, with the decision that lets this one request through. */
export interface Admission extends Asked {
  readonly decision: Decision;
}

/** One object of a sealed dataset version, or one that lies in a feed now. */
export interface ManifestEntry {
  readonly name: string;
  readonly size: number;
  /** As the store gives it, in quotes. */
  readonly etag: string;
  /** RFC 3339, as answers show it. */
  readonly lastModified: string;
  readonly versionId: string | null;
  /** Lower-case hex, when the store or the owner gave one. */
  readonly sha256: string | null;
}

/** Why a stream ended before its last byte; `node_lost` is written for a node that cannot write it itself. */
export type CutReason =
  | 'grant_ended'
  | 'grant_expired'
  | 'program_stopped'
  | 'database_lost'
  | 'client_gone'
  | 'client_slow'
  | 'store_idle'
  | 'store_failed'
  | 'object_changed'
  | 'checksum_mismatch'
  | 'node_stopping'
  | 'node_lost';

/** A grant, and the program that reads under it. */
export interface ProgramReading {
  readonly grantId: string;
  readonly clientId: string;
}
