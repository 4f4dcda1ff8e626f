import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../src/kernel/clock.js';
import { openAccessLog, type AccessLog, type Exchange } from './access-log.js';
import { BucketFolder } from './bucket-folder.js';
import { listXml } from './list-objects.js';
import { S3Error } from './s3-error.js';
import { verifySignature, type S3Credential } from './sigv4.js';
import { StsSessions, type S3Role } from './sts.js';

const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const MAX_FORM_BYTES = 16_384;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

export interface S3ServerOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly region: string;
  readonly buckets: readonly string[];
  readonly credentials: readonly S3Credential[];
  /** What STS on the same port may hand out; none: it has no STS. */
  readonly roles?: readonly S3Role[];
  /** Where it writes who asked for what of its other buckets; a bucket of its own. */
  readonly accessLog?: { readonly bucket: string; readonly prefix: string };
}

export interface S3Server {
  readonly endpoint: string;
  /** @throws Error for a bucket that it does not serve. */
  bucket(name: string): BucketFolder;
  /** Writes the lines of its access log that wait. */
  flushLog(): Promise<void>;
  close(): Promise<void>;
}

/** What the one port serves. */
interface Store {
  readonly buckets: ReadonlyMap<string, BucketFolder>;
  readonly sessions: StsSessions;
  readonly region: string;
  readonly find: (accessKeyId: string) => S3Credential | undefined;
  readonly log: { readonly bucketName: string; readonly lines: AccessLog } | undefined;
}

interface Target {
  readonly bucketName: string;
  readonly key: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
}

/**
 * A small strict S3 store for ONE machine: it verifies every signature and answers as S3 does, and it is not for anybody's
 * real data: one process, one disk, no replication, no TLS.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const buckets = new Map<string, BucketFolder>();
  for (const name of options.buckets) {
    buckets.set(name, await BucketFolder.open(join(options.dataDir, name)));
  }
  const sessions = new StsSessions(options.roles ?? []);
  const find = (id: string): S3Credential | undefined =>
    options.credentials.find(({ accessKeyId }) => accessKeyId === id) ?? sessions.find(id);
  const log = await openLog(options);
  if (log) {
    buckets.set(log.bucketName, log.bucket);
  }
  const store = { buckets, sessions, region: options.region, find, log };
  const server = createServer((request, response) => {
    void handle(request, response, store);
  });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    bucket: (name) => {
      const bucket = buckets.get(name);
      if (!bucket) {
        throw new Error(`No bucket ${name}`);
      }
      return bucket;
    },
    flushLog: async () => log?.lines.flush(),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await log?.lines.close();
    },
  };
}

async function openLog({ accessLog, dataDir }: S3ServerOptions) {
  if (!accessLog) {
    return undefined;
  }
  const bucket = await BucketFolder.open(join(dataDir, accessLog.bucket));
  const lines = openAccessLog(bucket, accessLog.prefix);
  return { bucketName: accessLog.bucket, bucket, lines };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  store: Store,
): Promise<void> {
  const requestId = randomUUID();
  const exchange: Exchange = { requestId, startedAt: systemClock.now(), bytesSent: 0 };
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('server', 'concordat-sandbox-store (one machine only)');
  // Finished, cut or given up: what was asked is in the log.
  response.once('close', () => {
    const { log } = store;
    if (log && exchange.bucketName !== undefined && exchange.bucketName !== log.bucketName) {
      log.lines.add(request, { ...exchange, status: response.statusCode });
    }
  });
  try {
    await serve(request, response, store, exchange);
  } catch (error) {
    const known = error instanceof S3Error ? error : new S3Error('InternalError');
    exchange.errorCode = known.code;
    request.resume();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(known.status, { 'content-type': 'application/xml' });
    response.end(request.method === 'HEAD' ? undefined : known.toXml(requestId));
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { buckets, sessions, region, find }: Store,
  exchange: Exchange,
): Promise<void> {
  const target = parseTarget(request.url ?? '/');
  if (buckets.has(target.bucketName)) {
    exchange.bucketName = target.bucketName;
    exchange.key = target.key;
  }
  if (request.method === 'POST' && target.path === '/') {
    await assumeRole(request, response, { sessions, region, find });
    return;
  }
  const { credential, payloadHash } = verifySignature(request, target.path, target.query, find, {
    region,
    service: 's3',
  });
  exchange.requester = requesterOf(credential);
  exchange.authentication =
    request.headers.authorization === undefined ? 'QueryString' : 'AuthHeader';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  authorise(credential, target, isRead);
  const bucket = buckets.get(target.bucketName);
  if (!bucket) {
    throw new S3Error('NoSuchBucket');
  }
  if (request.method === 'PUT' && target.key !== '') {
    await putObject(request, response, bucket, target.key, payloadHash);
  } else if (request.method === 'DELETE' && target.key !== '') {
    await bucket.remove(target.key);
    response.writeHead(204).end();
  } else if (isRead && target.key !== '') {
    await getObject(request, response, bucket, target, exchange);
  } else if (request.method === 'HEAD') {
    response.writeHead(200).end();
  } else if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/xml' });
    const xml = listXml(bucket, target.bucketName, new Map(target.query));
    exchange.bytesSent = Buffer.byteLength(xml);
    response.end(xml);
  } else {
    throw new S3Error('MethodNotAllowed');
  }
}

async function assumeRole(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, region, find }: Pick<Store, 'sessions' | 'region' | 'find'>,
): Promise<void> {
  const body = await readForm(request);
  // STS signs no x-amz-content-sha256: the digest of the body itself is what was signed.
  request.headers['x-amz-content-sha256'] ??= createHash('sha256').update(body).digest('hex');
  const { credential, payloadHash } = verifySignature(request, '/', [], find, {
    region,
    service: 'sts',
  });
  if (payloadHash !== createHash('sha256').update(body).digest('hex')) {
    throw new S3Error('XAmzContentSHA256Mismatch');
  }
  const xml = sessions.assumeRole(credential, new URLSearchParams(body));
  response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
}

async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) {
      throw new S3Error('EntityTooLarge');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseTarget(url: string): Target {
  const [path = '/', search = ''] = url.split('?', 2);
  try {
    const [bucketName = '', ...rest] = path.slice(1).split('/');
    return {
      path,
      bucketName: decodeURIComponent(bucketName),
      key: rest.map(decodeURIComponent).join('/'),
      query: search
        .split('&')
        .filter((pair) => pair !== '')
        .map((pair) => {
          const at = pair.indexOf('=');
          const name = at < 0 ? pair : pair.slice(0, at);
          const value = at < 0 ? '' : pair.slice(at + 1);
          return [decodeURIComponent(name), decodeURIComponent(value)] as const;
        }),
    };
  } catch {
    throw new S3Error('InvalidURI');
  }
}

/** As AWS names a user, or a role's session. */
function requesterOf({ accessKeyId, session }: S3Credential): string {
  return session === undefined
    ? `arn:aws:iam::000000000000:user/${accessKeyId}`
    : `arn:aws:sts::000000000000:assumed-role/${session.role}/${session.name}`;
}

function authorise({ readOnly }: S3Credential, target: Target, isRead: boolean): void {
  if (!readOnly) {
    return;
  }
  const prefix = target.key === '' ? (new Map(target.query).get('prefix') ?? '') : target.key;
  const isAllowed = readOnly.some(
    (part) => target.bucketName === part.bucket && prefix.startsWith(part.prefix),
  );
  if (!isRead || !isAllowed) {
    throw new S3Error('AccessDenied');
  }
}

async function putObject(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: BucketFolder,
  key: string,
  payloadHash: string,
): Promise<void> {
  if (Buffer.byteLength(key) > 1024) {
    throw new S3Error('InvalidArgument', 'The key is over 1,024 bytes');
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_OBJECT_BYTES) {
    throw new S3Error('EntityTooLarge');
  }
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && !HEX_SHA256.test(payloadHash)) {
    throw new S3Error('NotImplemented', 'Chunked signing is not supported');
  }
  const expected = HEX_SHA256.test(payloadHash) ? payloadHash : undefined;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifNoneMatch !== undefined && (ifNoneMatch !== '*' || ifMatch !== undefined)) {
    throw new S3Error('NotImplemented', 'A PUT has If-None-Match: * or If-Match');
  }
  const etag = await bucket.put(key, request, expected, { ifMatch, ifNoneMatch });
  response.writeHead(200, { etag }).end();
}

async function getObject(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: BucketFolder,
  target: Target,
  exchange: Exchange,
): Promise<void> {
  const meta = bucket.get(target.key);
  exchange.objectSize = meta.size;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== meta.etag) {
    throw new S3Error('PreconditionFailed');
  }
  if (ifNoneMatch === meta.etag) {
    response.writeHead(304, { etag: meta.etag }).end();
    return;
  }
  const range = parseRange(request.headers.range, meta.size);
  const [start, end] = range ?? [0, meta.size - 1];
  const disposition = new Map(target.query).get('response-content-disposition');
  response.writeHead(range ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    'last-modified': new Date(meta.lastModified).toUTCString(),
    etag: meta.etag,
    ...(range
      ? { 'content-range': `bytes ${String(start)}-${String(end)}/${String(meta.size)}` }
      : {}),
    ...(disposition === undefined ? {} : { 'content-disposition': disposition }),
  });
  if (request.method === 'HEAD' || meta.size === 0) {
    response.end();
    return;
  }
  // A client that goes away in the middle is no fault of the store.
  const source = bucket.read(target.key, start, end);
  source.on('data', (chunk) => {
    exchange.bytesSent += chunk.length;
  });
  await pipeline(source, response).catch(() => undefined);
}

function parseRange(
  header: string | undefined,
  size: number,
): readonly [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const isSuffix = match[1] === '';
  const start = isSuffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = isSuffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start > end || start >= size) {
    throw new S3Error('InvalidRange');
  }
  return [start, end];
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
