import { createHash, createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { StoreLocation } from './store-location.js';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const EMPTY_ATTACHMENT = 'attachment';

export interface PresignRequest {
  readonly location: StoreLocation;
  readonly key: string;
  readonly versionId?: string | null;
  readonly now: Date;
  readonly ttlSeconds: number;
}

const signingKeys = new LRUCache<string, Buffer>({ max: 1_000 });

/**
 * A presigned GET by SigV4 query signing: one key, one method, `host` signed. The day's signing key is cached, which is
 * what makes it fast.
 * @returns an absolute URL on the public endpoint.
 * @throws Error when the URL does not parse back to the authorised key.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presignGet({ location, key, versionId, now, ttlSeconds }: PresignRequest): string {
  const origin = bucketOrigin(location, location.publicEndpoint);
  const host = new URL(origin).host;
  const path = objectPath(location, key);
  const date = amzDate(now);
  const scope = `${date.slice(0, 8)}/${location.region}/s3/aws4_request`;
  const query = canonicalQuery([
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'],
    ['X-Amz-Credential', `${location.accessKeyId}/${scope}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(ttlSeconds)],
    ['X-Amz-SignedHeaders', 'host'],
    ['response-content-disposition', EMPTY_ATTACHMENT],
    ...(versionId === undefined || versionId === null ? [] : [['versionId', versionId] as const]),
    ['x-id', 'GetObject'],
  ]);
  const request = ['GET', path, query, `host:${host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const toSign = [ALGORITHM, date, scope, sha256Hex(request)].join('\n');
  const signature = createHmac('sha256', signingKey(location, date.slice(0, 8)))
    .update(toSign)
    .digest('hex');
  const url = `${origin}${path}?${query}&X-Amz-Signature=${signature}`;
  assertSameKey(url, path);
  return url;
}

/** The bucket's origin: the endpoint for path addressing, `bucket.host` for virtual. */
function bucketOrigin({ addressing, bucket }: StoreLocation, endpoint: string): string {
  if (addressing === 'path') {
    return endpoint;
  }
  const url = new URL(endpoint);
  return `${url.protocol}//${bucket}.${url.host}`;
}

function objectPath({ addressing, bucket }: StoreLocation, key: string): string {
  const encoded = key.split('/').map(encodeRfc3986).join('/');
  return addressing === 'path' ? `/${encodeRfc3986(bucket)}/${encoded}` : `/${encoded}`;
}

// URL parsers rewrite some paths; then the signature would be for one object and the request for another.
function assertSameKey(url: string, path: string): void {
  if (new URL(url).pathname !== path) {
    throw new Error('A presigned URL does not parse back to its key');
  }
}

function canonicalQuery(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey({ secretAccessKey, accessKeyId, region }: StoreLocation, day: string): Buffer {
  const secretDigest = sha256Hex(secretAccessKey);
  const name = `${accessKeyId} ${secretDigest} ${region} ${day}`;
  const known = signingKeys.get(name);
  if (known) {
    return known;
  }
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (signed, part) => createHmac('sha256', signed).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  signingKeys.set(name, key);
  return key;
}

function amzDate(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
