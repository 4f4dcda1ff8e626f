import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { systemClock } from '../../src/kernel/clock.js';
import type { BucketFolder } from './bucket-folder.js';

const FLUSH_MS = 2_000;
const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** What the log is to say of a request, filled in while it is answered. */
export interface Exchange {
  readonly requestId: string;
  readonly startedAt: Date;
  bucketName?: string;
  key?: string;
  requester?: string;
  authentication?: 'AuthHeader' | 'QueryString';
  status?: number;
  errorCode?: string;
  bytesSent: number;
  objectSize?: number;
}

export interface AccessLog {
  add(request: IncomingMessage, exchange: Exchange): void;
  /** Writes what there is, now. */
  flush(): Promise<void>;
  /** The same, and stops. */
  close(): Promise<void>;
}

/**
 * Writes a server access log as S3 does: lines in objects under a prefix of a bucket, a while after the requests.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
export function openAccessLog(bucket: BucketFolder, prefix: string): AccessLog {
  let waiting: string[] = [];
  let writing = Promise.resolve();
  const flush = (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    writing = writing.then(async () => {
      if (lines.length > 0) {
        const body = Readable.from([Buffer.from(lines.join(''))]);
        await bucket.put(prefix + objectName(systemClock.now()), body, undefined);
      }
    });
    return writing;
  };
  const timer = setInterval(() => void flush(), FLUSH_MS);
  return {
    add: (request, exchange) => void waiting.push(`${lineOf(request, exchange)}\n`),
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

function objectName(now: Date): string {
  const time = now.toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return `${time}-${randomBytes(8).toString('hex').toUpperCase()}`;
}

function lineOf(request: IncomingMessage, exchange: Exchange): string {
  const { method = '-', url = '-', headers, httpVersion } = request;
  const { key, bucketName, startedAt } = exchange;
  const kind = key === undefined || key === '' ? 'BUCKET' : 'OBJECT';
  const isSigned = exchange.authentication !== undefined;
  const tookMs = String(systemClock.now().getTime() - startedAt.getTime());
  return [
    OWNER,
    given(bucketName),
    `[${timeOf(startedAt)}]`,
    given(request.socket.remoteAddress),
    given(exchange.requester),
    exchange.requestId,
    `REST.${method}.${kind}`,
    given(key?.split('/').map(encodeURIComponent).join('/')),
    quoted(`${method} ${url} HTTP/${httpVersion}`),
    given(exchange.status),
    given(exchange.errorCode),
    given(exchange.bytesSent === 0 ? undefined : exchange.bytesSent),
    given(exchange.objectSize),
    tookMs,
    tookMs,
    quoted(headers.referer ?? '-'),
    quoted(headers['user-agent'] ?? '-'),
    '-',
    '-',
    isSigned ? 'SigV4' : '-',
    '-',
    given(exchange.authentication),
    given(headers.host),
    '-',
    '-',
    '-',
  ].join(' ');
}

function timeOf(at: Date): string {
  const iso = at.toISOString();
  const month = MONTHS[at.getUTCMonth()] ?? '';
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

function given(value: string | number | undefined): string {
  return value === undefined || value === '' ? '-' : String(value);
}

function quoted(text: string): string {
  return `"${text}"`;
}
