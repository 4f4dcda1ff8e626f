import type { ProbeCheck } from '../platform/object-store/probe-check.js';
import type { AccessLogState } from './access-logs/access-logs.repository.js';
import type { StoreEntity } from './store.entity.js';
import type { StoreStatus } from './store.rules.js';

const DAY_MS = 86_400_000;
const KEY_DAYS = 90;
/** The longest that a session of a store's STS lives; URLs and requests are over long before. */
const OVERLAP_MS = 3_600_000;

/** A store as its organisation sees it. No credential, not even the key's id. */
export interface StoreView {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly endpoint: string;
  readonly publicEndpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  readonly addressing: 'path' | 'virtual';
  readonly credentialVersion: number;
  readonly rotatedAt: string;
  /** When these keys are 90 days old. */
  readonly rotateBy: string;
  /** Until then what was signed with the keys before may still be in use; null for the first. */
  readonly oldKeyNeededUntil: string | null;
  readonly sts: { readonly endpoint: string; readonly roleArn: string } | null;
  /** Where it writes who read what, and what the broker found there; null where it is not read. */
  readonly accessLog: {
    readonly bucket: string;
    readonly prefix: string;
    /** Every object that was in the log then has been read; null before the first time. */
    readonly readAt: string | null;
    readonly newestLineAt: string | null;
    readonly unreadableLines: number;
    /** Objects of the log that were not read, being too large or not to be had. */
    readonly unreadObjects: number;
    /** Reads of the last 90 days that no grant and no act of the broker explains. */
    readonly unmatchedReads: number;
    readonly lastUnmatchedAt: string | null;
    /** Why the last attempt to read it failed. */
    readonly fault: string | null;
  } | null;
  readonly probe: {
    readonly ranAt: string;
    readonly passed: boolean;
    readonly checks: readonly ProbeCheck[];
  } | null;
  readonly status: StoreStatus;
}

export function toStoreView(store: StoreEntity, logState: AccessLogState | undefined): StoreView {
  const { probe, probedAt, probePassed } = store;
  return {
    id: store.id,
    organisationId: store.organisationId,
    name: store.name,
    endpoint: store.endpoint,
    publicEndpoint: store.publicEndpoint,
    region: store.region,
    bucket: store.bucket,
    addressing: store.addressing,
    credentialVersion: store.credentialVersion,
    rotatedAt: store.rotatedAt.toISOString(),
    rotateBy: new Date(store.rotatedAt.getTime() + KEY_DAYS * DAY_MS).toISOString(),
    oldKeyNeededUntil:
      store.credentialVersion === 1
        ? null
        : new Date(store.rotatedAt.getTime() + OVERLAP_MS).toISOString(),
    sts: store.sts && { endpoint: store.sts.endpoint, roleArn: store.sts.roleArn },
    accessLog: toLogView(store.accessLog, logState),
    probe:
      probe && probedAt
        ? { ranAt: probedAt.toISOString(), passed: probePassed === true, checks: probe }
        : null,
    status: store.status,
  };
}

function toLogView(
  place: StoreEntity['accessLog'],
  state: AccessLogState | undefined,
): StoreView['accessLog'] {
  return (
    place && {
      bucket: place.bucket,
      prefix: place.prefix,
      readAt: state?.readAt?.toISOString() ?? null,
      newestLineAt: state?.newestLineAt?.toISOString() ?? null,
      unreadableLines: state?.unreadableLines ?? 0,
      unreadObjects: state?.unreadObjects ?? 0,
      unmatchedReads: state?.unmatchedReads ?? 0,
      lastUnmatchedAt: state?.lastUnmatchedAt?.toISOString() ?? null,
      fault: state?.fault ?? null,
    }
  );
}
