import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { S3Error, escapeXml } from '../../sandbox/s3-server/s3-error.js';
import { verifySignature } from '../../sandbox/s3-server/sigv4.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';

const REGION = 'eu-west-2';
const BUCKET = 'partner';
const PAGE = 1_000;
const WRITTEN = new Date('2026-05-01T09:00:00Z');

/** What is wrong with the store just now. A test changes it between two requests. */
export interface StoreFaults {
  /** Closes every connection without an answer. */
  isDown?: boolean;
  /** Milliseconds before each answer. */
  delayMs?: number;
  /** Sends a body in pieces of so many bytes, with a pause after each. */
  trickle?: { readonly bytes: number; readonly everyMs: number };
  /** Drops the connection after so many bytes of an object. */
  dropsAfterBytes?: number;
  /** Answers every request with this status. */
  status?: number;
  acceptsUnsigned?: boolean;
  acceptsExpired?: boolean;
  /** Accepts any signature: forged ones, and those for another key. */
  acceptsForged?: boolean;
  clockOffsetSeconds?: number;
  ignoresRange?: boolean;
  ignoresIfMatch?: boolean;
  /** Stores whatever the condition of a PUT says. */
  ignoresPutConditions?: 'if-match' | 'if-none-match';
  /** Stores, and closes the connection instead of answering, so many times. */
  losesPutAnswers?: number;
  /** Answers every page of a list with the first one. */
  repeatsPages?: boolean;
  /** Keys that a list holds although they are not under the prefix asked for. */
  listsAlso?: readonly string[];
  /** Lists objects without an ETag. */
  hidesEtags?: boolean;
  /** When everything in it was written. */
  lastModified?: Date;
  /** Objects in one page of a list. */
  pageSize?: number;
}

export interface FaultyStore {
  readonly endpoint: string;
  readonly location: StoreLocation;
  readonly objects: Map<string, Buffer>;
  faults: StoreFaults;
  /** `METHOD path` of each request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Just enough of S3 in memory, strict until it is told a fault. */
export async function startFaultyStore(
  objects: Readonly<Record<string, string | Buffer>> = {},
): Promise<FaultyStore> {
  const server = createServer((request, response) => {
    void answer(store, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const store: FaultyStore = {
    endpoint,
    location: {
      endpoint,
      publicEndpoint: endpoint,
      region: REGION,
      bucket: BUCKET,
      addressing: 'path',
      accessKeyId: 'FAULTYKEY',
      secretAccessKey: 'faulty-secret',
    },
    objects: new Map(Object.entries(objects).map(([key, body]) => [key, Buffer.from(body)])),
    faults: {},
    requests: [],
    close: () => close(server),
  };
  return store;
}

async function answer(
  store: FaultyStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { faults } = store;
  store.requests.push(`${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`);
  if (faults.isDown === true) {
    request.socket.destroy();
    return;
  }
  await wait(faults.delayMs ?? 0, undefined, { ref: false });
  const now = systemClock.now().getTime() + (faults.clockOffsetSeconds ?? 0) * 1_000;
  response.setHeader('date', new Date(now).toUTCString());
  response.setHeader('x-amz-request-id', `faulty-${String(store.requests.length)}`);
  try {
    if (faults.status !== undefined) {
      response.writeHead(faults.status).end();
      return;
    }
    await serve(store, request, response);
  } catch (error) {
    const known = error instanceof S3Error ? error : new S3Error('InternalError');
    response.writeHead(known.status, { 'content-type': 'application/xml' });
    response.end(request.method === 'HEAD' ? undefined : known.toXml('faulty'));
  }
}

async function serve(
  store: FaultyStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const query = new Map(new URLSearchParams(search));
  checkSignature(store, request, path, query);
  const [bucket, ...key] = path.slice(1).split('/').map(decodeURIComponent);
  if (bucket !== BUCKET) {
    throw new S3Error('NoSuchBucket');
  }
  if (key.join('/') === '') {
    response.writeHead(200, { 'content-type': 'application/xml' }).end(list(store, query));
  } else if (request.method === 'PUT') {
    await storeObject(store, key.join('/'), request, response);
  } else {
    await serveObject(store, key.join('/'), request, response);
  }
}

function checkSignature(
  { faults, location }: FaultyStore,
  request: IncomingMessage,
  path: string,
  query: ReadonlyMap<string, string>,
): void {
  try {
    const find = (id: string) => (id === location.accessKeyId ? location : undefined);
    verifySignature(request, path, [...query], find, { region: REGION, service: 's3' });
  } catch (error) {
    const isSigned = request.headers.authorization !== undefined || query.has('X-Amz-Signature');
    const isExpired = error instanceof S3Error && error.message === 'Request has expired';
    const isForged = error instanceof S3Error && error.code === 'SignatureDoesNotMatch';
    const isAccepted =
      (!isSigned && faults.acceptsUnsigned === true) ||
      (isExpired && faults.acceptsExpired === true) ||
      (isForged && faults.acceptsForged === true);
    if (!isAccepted) {
      throw error;
    }
  }
}

function list({ objects, faults }: FaultyStore, query: ReadonlyMap<string, string>): string {
  const limit = Math.min(Number(query.get('max-keys') ?? PAGE), faults.pageSize ?? PAGE);
  const token = query.get('continuation-token');
  const start = faults.repeatsPages === true ? 0 : Number(token ?? 0);
  const after = Buffer.from(query.get('start-after') ?? '');
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(query.get('prefix') ?? ''))
    .filter((key) => Buffer.compare(Buffer.from(key), after) > 0)
    .concat(faults.listsAlso ?? [])
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const page = keys.slice(start, start + limit);
  const next = start + limit < keys.length ? String(start + limit) : undefined;
  const etag = (key: string): string =>
    faults.hidesEtags === true ? '' : `<ETag>${escapeXml(etagOf(objects.get(key)))}</ETag>`;
  const contents = page.map(
    (key) =>
      `<Contents><Key>${escapeXml(key)}</Key>${etag(key)}` +
      `<LastModified>${(faults.lastModified ?? WRITTEN).toISOString()}</LastModified>` +
      `<Size>${String(objects.get(key)?.length ?? 0)}</Size></Contents>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>' +
    `<IsTruncated>${String(next !== undefined)}</IsTruncated>` +
    (next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`) +
    `${contents.join('')}</ListBucketResult>`
  );
}

async function storeObject(
  { objects, faults }: FaultyStore,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) {
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  const current = objects.get(key);
  const ignored = faults.ignoresPutConditions;
  const isTaken = ifNoneMatch !== undefined && current && ignored !== 'if-none-match';
  const etag = current && etagOf(current).replaceAll('"', '');
  if (isTaken || (ifMatch !== undefined && ifMatch !== etag && ignored !== 'if-match')) {
    throw new S3Error('PreconditionFailed');
  }
  objects.set(key, body);
  if ((faults.losesPutAnswers ?? 0) > 0) {
    faults.losesPutAnswers = (faults.losesPutAnswers ?? 0) - 1;
    request.socket.destroy();
    return;
  }
  response.writeHead(200, { etag: etagOf(body) }).end();
}

async function serveObject(
  { objects, faults }: FaultyStore,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = objects.get(key);
  if (!body) {
    throw new S3Error('NoSuchKey');
  }
  const etag = etagOf(body);
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && ifMatch !== etag && faults.ignoresIfMatch !== true) {
    throw new S3Error('PreconditionFailed');
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const isPart = from !== undefined && faults.ignoresRange !== true;
  const start = isPart ? Number(from) : 0;
  const end = isPart && to !== '' ? Math.min(Number(to), body.length - 1) : body.length - 1;
  if (isPart && start >= body.length) {
    throw new S3Error('InvalidRange');
  }
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'content-length': end + 1 - start,
    'last-modified': new Date('2026-05-01T09:00:00Z').toUTCString(),
    ...(isPart
      ? { 'content-range': `bytes ${String(start)}-${String(end)}/${String(body.length)}` }
      : {}),
  });
  await send(
    request.method === 'HEAD' ? Buffer.alloc(0) : body.subarray(start, end + 1),
    response,
    faults,
  );
}

async function send(body: Buffer, response: ServerResponse, faults: StoreFaults): Promise<void> {
  const limit = faults.dropsAfterBytes ?? body.length;
  const step = faults.trickle?.bytes ?? Math.max(body.length, 1);
  for (let at = 0; at < Math.min(limit, body.length) && !response.destroyed; at += step) {
    response.write(body.subarray(at, Math.min(at + step, limit)));
    await wait(faults.trickle?.everyMs ?? 0);
  }
  if (limit < body.length) {
    response.destroy();
  } else {
    response.end();
  }
}

function etagOf(body: Buffer | undefined): string {
  return `"${createHash('md5')
    .update(body ?? '')
    .digest('hex')}"`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
