import type { JudgedMode } from './delivery-modes.rules.js';
import type { GrantEntity } from './grant.entity.js';
import { statusAt, type GrantStatus } from './grant.rules.js';

/** A grant as those may see it whom it concerns. Never a location, never a token. */
export interface GrantView {
  readonly id: string;
  readonly status: GrantStatus;
  readonly accessRequestId: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly projectId: string;
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly datasetId: string;
  readonly datasetVersion: string | null;
  readonly providerId: string;
  readonly delivery: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  readonly maxBytes: number | null;
  readonly bytesDelivered: number;
  readonly maxDownloads: number | null;
  readonly downloads: number;
  readonly objectsUrl: string;
  /** Of a grant on a feed. */
  readonly feedUrl: string | null;
}

/** What a grant's holder gets at issue and at each refresh: the only answers with a token. */
export interface GrantTokenView {
  readonly id: string;
  readonly status: GrantStatus;
  readonly expiresAt: string;
  readonly delivery: string;
  /** The agreement's modes: `fault` says why one does not carry this grant. */
  readonly modes: readonly JudgedMode[];
  readonly token: string;
  /** How it is presented: `DPoP` with a proof of the key that it is bound to. */
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly tokenExpiresAt: string;
  readonly objectsUrl: string;
  readonly feedUrl: string | null;
  /** The `.tlog-proof` of its issue, where `Prefer: receipt` asked for it and it was there in time. */
  readonly receipt?: string;
}

export function toGrantView(
  grant: GrantEntity,
  now: Date,
  urls: Pick<GrantView, 'objectsUrl' | 'feedUrl'>,
): GrantView {
  const status = statusAt(grant, now);
  const isExpired = status === 'expired';
  return {
    id: grant.id,
    status,
    accessRequestId: grant.accessRequestId,
    personId: grant.personId,
    organisationId: grant.organisationId,
    projectId: grant.projectId,
    agreementId: grant.agreementId,
    agreementVersion: grant.agreementVersion,
    datasetId: grant.datasetId,
    datasetVersion: grant.datasetVersion,
    providerId: grant.providerId,
    delivery: grant.delivery,
    tokenType: tokenTypeOf(grant),
    issuedAt: grant.issuedAt.toISOString(),
    expiresAt: grant.expiresAt.toISOString(),
    endedAt: (isExpired ? grant.expiresAt : grant.endedAt)?.toISOString() ?? null,
    endReason: isExpired ? status : grant.endReason,
    maxBytes: grant.maxBytes === null ? null : Number(grant.maxBytes),
    bytesDelivered: Number(grant.bytesDelivered),
    maxDownloads: grant.maxDownloads,
    downloads: grant.downloads,
    ...urls,
  };
}

/** @see RFC 9449 section 5 */
export function tokenTypeOf({ jkt }: { readonly jkt: string | null }): 'Bearer' | 'DPoP' {
  return jkt === null ? 'Bearer' : 'DPoP';
}
