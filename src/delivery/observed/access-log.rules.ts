import { READ_MARK } from '../../platform/object-store/read-mark.rules.js';

/**
 * What a line of a server access log says of one request. Only this is taken from it: the query of its request-URI may hold a
 * signature, and the rest of it where a person was.
 */
export interface LogLine {
  readonly bucket: string;
  readonly at: Date;
  /** A user, a role's session, or null for nobody who signed. */
  readonly requester: string | null;
  readonly requestId: string | null;
  /** `REST.GET.OBJECT` for instance. */
  readonly operation: string;
  readonly key: string | null;
  readonly status: number | null;
  /** Null: not said, or none. */
  readonly bytesSent: number | null;
  readonly objectSize: number | null;
  readonly query: LogQuery;
}

/** What is known from the query of a request, all of it signed with the rest. */
export interface LogQuery {
  readonly mark: string | null;
  /** Of a presigned URL. */
  readonly signedAt: Date | null;
  readonly expiresSeconds: number | null;
  readonly accessKeyId: string | null;
}

/** A line of the log is as long as its URI and two headers; stores take no longer ones. */
export const MAX_LINE_CHARACTERS = 65_536;

const HEAD =
  /^(?:\S+) (\S+) \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] (?:\S+) (\S+) (\S+) ([A-Za-z][\w.]*) /;
const NUMBERS = String.raw`(\d{1,3}|-) (\S+) (\d{1,15}|-) (\d{1,15}|-) \S+ \S+(?: |$)`;
/** A key is URL-encoded, so it has no space. A target has none either, though it may have a quote. */
const TAIL = new RegExp(String.raw`^(\S+) (?:"\S+ (\S+) HTTP/[\d.]+"|"-"|-) ${NUMBERS}`);
/** Ceph writes keys as they are; then only a whole request-URI says where one ends. */
const RAW_TAIL = new RegExp(String.raw`^(.+?) "\S+ (\S+) HTTP/[\d.]+" ${NUMBERS}`);
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * Reads the fields up to the times, and nothing after them: the referrer and the user agent that follow hold what a caller
 * sends, quotes too.
 * @returns undefined for what is no such line.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
export function parseLogLine(text: string): LogLine | undefined {
  const head = text.length <= MAX_LINE_CHARACTERS ? HEAD.exec(text) : null;
  const rest = head ? text.slice(head[0].length) : '';
  const tail = TAIL.exec(rest) ?? RAW_TAIL.exec(rest);
  const at = head && instantOf(head);
  if (!head || !tail || !at) {
    return undefined;
  }
  const [bucket = '', requester, requestId, operation = ''] = [1, 11, 12, 13].map((n) => head[n]);
  const [, rawKey, target = '-', status, , bytesSent, objectSize] = tail;
  return {
    bucket,
    at,
    requester: given(requester),
    requestId: given(requestId),
    operation,
    key: keyOf(given(rawKey), bucket, target),
    status: numberOf(status),
    bytesSent: numberOf(bytesSent),
    objectSize: numberOf(objectSize),
    query: queryOf(target),
  };
}

// Some stores encode a key once, AWS encodes some characters twice and writes a space as a plus: the path that was asked for
// says which of them it is.
function keyOf(raw: string | null, bucket: string, target: string): string | null {
  if (raw === null) {
    return null;
  }
  const once = decoded(raw);
  const readings = [once, decoded(once), decoded(raw.replaceAll('+', ' ')), raw];
  const path = decoded(target.split('?', 1)[0] ?? '');
  const asked = readings.find((key) => path === `/${key}` || path === `/${bucket}/${key}`);
  return asked ?? once;
}

function queryOf(target: string): LogQuery {
  const at = target.indexOf('?');
  const pairs = at < 0 ? [] : target.slice(at + 1).split('&');
  const find = (name: string): string | null => {
    const found = pairs.filter((pair) => pair.startsWith(`${name}=`));
    // Twice is not what the broker writes, and who knows which of them was meant.
    return found.length === 1 ? decoded(found[0]?.slice(name.length + 1) ?? '') : null;
  };
  const expires = find('X-Amz-Expires');
  return {
    mark: find(READ_MARK),
    signedAt: signedAt(find('X-Amz-Date')),
    expiresSeconds: expires !== null && /^\d{1,6}$/.test(expires) ? Number(expires) : null,
    accessKeyId: find('X-Amz-Credential')?.split('/', 1)[0] ?? null,
  };
}

function instantOf(head: RegExpExecArray): Date | undefined {
  const [day, hour, minute, second, zoneHours, zoneMinutes] = [2, 5, 6, 7, 9, 10].map((n) =>
    Number(head[n]),
  );
  const month = MONTHS.indexOf(head[3] ?? '?') / 3;
  const local = utc([Number(head[4]), month, day, hour, minute, second]);
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return local && new Date(local.getTime() - (head[8] === '-' ? -zone : zone));
}

function signedAt(text: string | null): Date | null {
  const [, year, month, ...rest] = (AMZ_DATE.exec(text ?? '') ?? []).map(Number);
  return (year !== undefined && utc([year, (month ?? 0) - 1, ...rest])) || null;
}

/** Undefined for an instant that no calendar has. */
function utc([year = 0, month = -1, ...rest]: readonly (number | undefined)[]): Date | undefined {
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const instant = new Date(Date.UTC(year, month, day, hour, minute, second));
  const isReal =
    Number.isInteger(month) &&
    instant.getUTCMonth() === month &&
    instant.getUTCDate() === day &&
    instant.getUTCHours() === hour &&
    instant.getUTCMinutes() === minute;
  return isReal ? instant : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function given(text: string | undefined): string | null {
  return text === undefined || text === '-' ? null : text;
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || text === '-' ? null : Number(text);
}
