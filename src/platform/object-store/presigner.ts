import { createHmac, hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { HmacKey } from '../../kernel/hmac-key.js';
import { READ_MARK } from './read-mark.rules.js';
import type { StoreLocation } from './store-location.js';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w~.-]|%(?!2[Ee])[\dA-F]{2})+)+$/;
const ATTACHMENT = 'attachment';
const UNRESERVED_BY_URI = /[!'()*]/;

export interface PresignRequest {
  readonly location: StoreLocation;
  /** Absent: the store's public one. */
  readonly endpoint?: string;
  /** In whole seconds. */
  readonly now: Date;
  readonly ttlSeconds: number;
  /** Under what it is given out, for the store's log. */
  readonly mark?: string | undefined;
}

export interface PresignedObject {
  readonly key: string;
  readonly versionId?: string | null;
}

/** Signs URLs of one store, of one instant, for one lifetime. */
export type PresignGet = (object: PresignedObject) => string;

const signingKeys = new LRUCache<string, Buffer>({ max: 1_000 });

/**
 * Presigned GETs by SigV4 query signing: one key, one method, `host` signed. What all URLs of a page have in common is made
 * once, and the day's signing key is cached: that is what makes it fast.
 * @returns a signer; its URLs are absolute, on the public endpoint. It throws an Error for a key whose URL might not
 * parse back to it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presigner({
  location,
  endpoint = location.publicEndpoint,
  now,
  ttlSeconds,
  mark,
}: PresignRequest): PresignGet {
  const origin = bucketOrigin(location, endpoint);
  const tail = `host:${new URL(origin).host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const date = amzDate(now);
  const scope = `${date.slice(0, 8)}/${location.region}/s3/aws4_request`;
  const base = basePath(location);
  const start = `${ALGORITHM}\n${date}\n${scope}\n`;
  const key = new HmacKey(signingKey(location, date.slice(0, 8)));
  // Each name sorts before `versionId`, but for the last two.
  const query = canonicalQuery([
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'],
    ['X-Amz-Credential', `${location.accessKeyId}/${scope}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(ttlSeconds)],
    ['X-Amz-SignedHeaders', 'host'],
    ['response-content-disposition', ATTACHMENT],
  ]);
  const last = `${mark === undefined ? '' : `&${READ_MARK}=${encodeRfc3986(mark)}`}&x-id=GetObject`;
  return ({ key: objectKey, versionId = null }) => {
    const path = base + encodePath(objectKey);
    const version = versionId === null ? '' : `&versionId=${encodeRfc3986(versionId)}`;
    const asked = `${query}${version}${last}`;
    const request = hash('sha256', `GET\n${path}\n${asked}\n${tail}`);
    const signature = key.sign(start + request, 'hex');
    assertPlain(path);
    return `${origin}${path}?${asked}&X-Amz-Signature=${signature}`;
  };
}

/** One URL. */
export function presignGet(request: PresignRequest & PresignedObject): string {
  return presigner(request)(request);
}

/** The bucket's origin: the endpoint for path addressing, `bucket.host` for virtual. */
function bucketOrigin({ addressing, bucket }: StoreLocation, endpoint: string): string {
  if (addressing === 'path') {
    return endpoint;
  }
  const url = new URL(endpoint);
  return `${url.protocol}//${bucket}.${url.host}`;
}

function basePath({ addressing, bucket }: StoreLocation): string {
  return addressing === 'path' ? `/${encodeRfc3986(bucket)}/` : '/';
}

function encodePath(key: string): string {
  return encodeRfc3986(key).replaceAll('%2F', '/');
}

// URL parsers rewrite some paths; then the signature would be for one object and the request for another. They resolve
// segments of dots, encoded dots too, and some merge empty ones; they encode what is not allowed in a path. A path without
// any of these every parser leaves as it is, and its segments decode to those of the key that encodeURIComponent was given.
function assertPlain(path: string): void {
  if (!PLAIN_PATH.test(path)) {
    throw new Error('A presigned URL would not parse back to its key');
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
  const encoded = encodeURIComponent(text);
  return UNRESERVED_BY_URI.test(encoded)
    ? encoded.replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      )
    : encoded;
}

function signingKey({ secretAccessKey, accessKeyId, region }: StoreLocation, day: string): Buffer {
  const secretDigest = hash('sha256', secretAccessKey);
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
