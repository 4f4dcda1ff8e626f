import { isUnder } from '../../platform/object-store/object-name.rules.js';
import type { LogLine, LogQuery } from './access-log.rules.js';

/** A dataset's object was read, says the store. */
export interface StoreRead {
  readonly requestId: string;
  readonly at: Date;
  readonly key: string;
  readonly bytes: number;
  readonly requester: string | null;
  readonly query: LogQuery;
}

/** An event that a read names: the opening of a stream, or the handing out of URLs. */
export interface CitedEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly grantId: string;
  /** Null: of several objects. */
  readonly objectId: string | null;
  readonly bytes: number | null;
}

export interface MatchedGrant {
  readonly id: string;
  readonly storeId: string;
  readonly prefix: string;
}

/** What the broker knows of its own doings, as far as a few reads need it. */
export interface Doings {
  readonly storeId: string;
  /** The store's key as it is now, and since when: what was signed with an earlier one is known by its event alone. */
  readonly accessKeyId: string;
  readonly rotatedAt: Date;
  readonly events: ReadonlyMap<string, CitedEvent>;
  readonly grants: ReadonlyMap<string, MatchedGrant>;
  /** When credentials of the store were given out under a grant. */
  readonly credentialsIssued: ReadonlyMap<string, readonly Date[]>;
  /** Bytes that reads seen before have taken under a stream's event. */
  readonly taken: ReadonlyMap<string, number>;
  /** True for a read that the broker made for itself. */
  isOwn(read: StoreRead): boolean;
}

/**
 * Why a read is not explained: nothing of the broker's is named (`no_grant`), or an event that it did not write for this store
 * (`event_unknown`), or one that is about another object, time or key, or of which all bytes were taken before; or a session has
 * a grant's name, and no credentials were given out then.
 */
export type UnmatchedReason =
  | 'no_grant'
  | 'event_unknown'
  | 'other_object'
  | 'other_time'
  | 'other_key'
  | 'more_than_opened'
  | 'session_not_issued';

export type Verdict =
  | { readonly kind: 'own' }
  | { readonly kind: 'stream'; readonly grantId: string; readonly eventId: string }
  | { readonly kind: 'observed'; readonly grantId: string; readonly eventId: string | null }
  | {
      readonly kind: 'unmatched';
      readonly reason: UnmatchedReason;
      /** Fewer than were read where a stream explains the rest. */
      readonly unexplainedBytes: number;
      readonly eventId: string | null;
    };

/** Store and broker may be half a minute apart (the probe sees to it); a request waits, and a log rounds. */
const SKEW_MS = 120_000;
/** As long as the broker asks for. */
const SESSION_MS = 900_000;
const KEY_OVERLAP_MS = 3_600_000;
/** Also what copies an object, by whoever may write elsewhere. */
const READS = [
  'REST.GET.OBJECT',
  'WEBSITE.GET.OBJECT',
  'REST.COPY.OBJECT_GET',
  'REST.COPY.PART_GET',
  'REST.SELECT.OBJECT',
];
const SESSION = /[/:]([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * Whether a line tells of bytes of an object that were given out.
 * @param lineId stands for a request that has no id.
 */
export function readOf(line: LogLine, bucket: string, lineId: string): StoreRead | undefined {
  const { key, status, bytesSent, objectSize } = line;
  // Some stores never say how many were sent: then it was a read of what there is.
  const isSome = bytesSent === null ? (objectSize ?? 0) > 0 : bytesSent > 0;
  if (
    line.bucket !== bucket ||
    key === null ||
    !READS.includes(line.operation) ||
    (status !== 200 && status !== 206) ||
    !isSome
  ) {
    return undefined;
  }
  const { at, requester, query } = line;
  return {
    requestId: line.requestId ?? lineId,
    at,
    key,
    bytes: bytesSent ?? objectSize ?? 0,
    requester,
    query,
  };
}

/** Ids of events that a read may name. */
export function citedIdOf({ query: { mark } }: StoreRead): string | undefined {
  return mark !== null && UUID.test(mark) ? mark : undefined;
}

/** The grant whose id is the name of the session that read: `arn:aws:sts::…:assumed-role/…/<grant id>`. */
export function sessionGrantOf({ requester }: StoreRead): string | undefined {
  return SESSION.exec(requester ?? '')?.[1];
}

/** Says what explains a read (R5.4). Whatever is not explained in full is unmatched: an alarm errs on the loud side. */
export function judge(read: StoreRead, doings: Doings): Verdict {
  if (doings.isOwn(read)) {
    return { kind: 'own' };
  }
  const cited = citedIdOf(read);
  if (cited !== undefined) {
    return judgeCited(read, doings, cited);
  }
  const grantId = sessionGrantOf(read);
  return grantId === undefined ? unmatched(read, 'no_grant') : judgeSession(read, doings, grantId);
}

function judgeCited(read: StoreRead, doings: Doings, id: string): Verdict {
  const event = doings.events.get(id);
  const grant = event && doings.grants.get(event.grantId);
  if (!event || grant?.storeId !== doings.storeId) {
    return unmatched(read, 'event_unknown');
  }
  const isObject =
    event.objectId === null
      ? isUnder(grant.prefix, read.key)
      : read.key === grant.prefix + event.objectId;
  if (!isObject) {
    return unmatched(read, 'other_object', event.id);
  }
  return event.type === 'object.opened'
    ? judgeStream(read, doings, event)
    : judgeUrl(read, doings, event);
}

// One opening is one request of the broker's, of so many bytes: whoever repeats it takes more.
function judgeStream(read: StoreRead, { taken }: Doings, event: CitedEvent): Verdict {
  if (!isNear(read.at, event.occurredAt)) {
    return unmatched(read, 'other_time', event.id);
  }
  const before = taken.get(event.id) ?? 0;
  const opened = event.bytes ?? 0;
  const excess = Math.max(0, before + read.bytes - opened) - Math.max(0, before - opened);
  return excess > 0
    ? {
        kind: 'unmatched',
        reason: 'more_than_opened',
        unexplainedBytes: excess,
        eventId: event.id,
      }
    : { kind: 'stream', grantId: event.grantId, eventId: event.id };
}

// A URL may be used again and again while it lives, by its holder; the store ends it, and the log shows whether it did.
function judgeUrl(read: StoreRead, doings: Doings, event: CitedEvent): Verdict {
  const { signedAt, expiresSeconds, accessKeyId } = read.query;
  if (event.type !== 'object.url-issued' || signedAt === null || expiresSeconds === null) {
    return unmatched(read, 'event_unknown', event.id);
  }
  const isOtherKey =
    accessKeyId !== doings.accessKeyId &&
    signedAt.getTime() > doings.rotatedAt.getTime() + KEY_OVERLAP_MS;
  if (isOtherKey) {
    return unmatched(read, 'other_key', event.id);
  }
  const isInTime =
    isNear(signedAt, event.occurredAt) &&
    read.at.getTime() >= signedAt.getTime() - SKEW_MS &&
    read.at.getTime() <= signedAt.getTime() + expiresSeconds * 1000 + SKEW_MS;
  return isInTime
    ? { kind: 'observed', grantId: event.grantId, eventId: event.id }
    : unmatched(read, 'other_time', event.id);
}

function judgeSession(read: StoreRead, doings: Doings, grantId: string): Verdict {
  const grant = doings.grants.get(grantId);
  if (grant?.storeId !== doings.storeId) {
    return unmatched(read, 'session_not_issued');
  }
  if (!isUnder(grant.prefix, read.key)) {
    return unmatched(read, 'other_object');
  }
  const at = read.at.getTime();
  const isIssued = (doings.credentialsIssued.get(grantId) ?? []).some(
    (issued) => at >= issued.getTime() - SKEW_MS && at <= issued.getTime() + SESSION_MS + SKEW_MS,
  );
  return isIssued
    ? { kind: 'observed', grantId, eventId: null }
    : unmatched(read, 'session_not_issued');
}

function unmatched(
  { bytes }: StoreRead,
  reason: UnmatchedReason,
  eventId: string | null = null,
): Verdict {
  return { kind: 'unmatched', reason, unexplainedBytes: bytes, eventId };
}

function isNear(a: Date, b: Date): boolean {
  return Math.abs(a.getTime() - b.getTime()) <= SKEW_MS;
}
