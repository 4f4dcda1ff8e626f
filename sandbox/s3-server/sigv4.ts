import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { systemClock } from '../../src/kernel/clock.js';
import { S3Error } from './s3-error.js';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_SKEW_MS = 15 * 60_000;
const MAX_EXPIRES_SECONDS = 604_800;
const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

export interface S3Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What the key may do: everything, or only read under one `bucket/prefix` or another. */
  readonly readOnly?: readonly { readonly bucket: string; readonly prefix: string }[];
  /** Of a session: whose it is. */
  readonly session?: { readonly role: string; readonly name: string };
  /** Of a session: sent with every request, and signed. */
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
}

export interface Verified {
  readonly credential: S3Credential;
  /** The x-amz-content-sha256 that was signed: a hex digest to check the body against, or UNSIGNED-PAYLOAD. */
  readonly payloadHash: string;
}

interface Signed {
  readonly credentialScope: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly payloadHash: string;
  readonly sessionToken: string | undefined;
  readonly query: readonly (readonly [string, string])[];
}

/**
 * Verifies SigV4 by header or by query; anything unsigned, forged, skewed or expired is refused as S3 refuses it.
 * @param path the raw, still encoded path.
 */
export function verifySignature(
  request: IncomingMessage,
  path: string,
  query: readonly (readonly [string, string])[],
  find: (accessKeyId: string) => S3Credential | undefined,
  { region, service: wanted }: { readonly region: string; readonly service: 's3' | 'sts' },
): Verified {
  const isQuery = query.some(([name]) => name === 'X-Amz-Signature' || name === 'X-Amz-Algorithm');
  const signed = isQuery ? fromQuery(query) : fromHeader(request, query);
  const [accessKeyId, day, scopeRegion, service, terminator] = signed.credentialScope.split('/');
  const credential = find(accessKeyId ?? '');
  if (!credential) {
    throw new S3Error('InvalidAccessKeyId');
  }
  if (credential.sessionToken !== signed.sessionToken) {
    throw new S3Error('InvalidToken');
  }
  if (credential.expiresAt && credential.expiresAt.getTime() <= systemClock.now().getTime()) {
    throw new S3Error('ExpiredToken');
  }
  const isOurScope = service === wanted && terminator === 'aws4_request' && scopeRegion === region;
  if (day === undefined || !isOurScope || !signed.date.startsWith(day)) {
    throw new S3Error('AuthorizationHeaderMalformed', 'The credential scope is wrong');
  }
  const expected = sign(
    request,
    path,
    signed,
    credential,
    `${day}/${region}/${wanted}/aws4_request`,
  );
  if (!timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(signed.signature, 'hex'))) {
    throw new S3Error('SignatureDoesNotMatch');
  }
  return { credential, payloadHash: signed.payloadHash };
}

function fromHeader(request: IncomingMessage, query: Signed['query']): Signed {
  const authorization = request.headers.authorization;
  if (authorization === undefined) {
    throw new S3Error('AccessDenied', 'The request is not signed');
  }
  const [, credentialScope, signedHeaders, signature] = HEADER.exec(authorization) ?? [];
  const date = request.headers['x-amz-date'];
  const payloadHash = request.headers['x-amz-content-sha256'];
  if (
    credentialScope === undefined ||
    signedHeaders === undefined ||
    signature === undefined ||
    typeof date !== 'string' ||
    typeof payloadHash !== 'string'
  ) {
    throw new S3Error('AuthorizationHeaderMalformed');
  }
  if (Math.abs(systemClock.now().getTime() - instantOf(date)) > MAX_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed');
  }
  const sessionToken = request.headers['x-amz-security-token'];
  const isTokenSigned = signedHeaders.split(';').includes('x-amz-security-token');
  if (sessionToken !== undefined && (typeof sessionToken !== 'string' || !isTokenSigned)) {
    throw new S3Error('AccessDenied', 'The session token is not signed');
  }
  return { credentialScope, signedHeaders, signature, date, payloadHash, sessionToken, query };
}

function fromQuery(query: Signed['query']): Signed {
  const value = (name: string): string => {
    const found = query.filter(([candidate]) => candidate === name);
    if (found.length !== 1 || found[0] === undefined) {
      throw new S3Error('AuthorizationQueryParametersError', `${name} must be given once`);
    }
    return found[0][1];
  };
  const expires = Number(value('X-Amz-Expires'));
  const date = value('X-Amz-Date');
  const signature = value('X-Amz-Signature');
  if (value('X-Amz-Algorithm') !== ALGORITHM || !/^[0-9a-f]{64}$/.test(signature)) {
    throw new S3Error('AuthorizationQueryParametersError');
  }
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES_SECONDS) {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Expires is out of range');
  }
  const signedAt = instantOf(date);
  if (systemClock.now().getTime() > signedAt + expires * 1000) {
    throw new S3Error('AccessDenied', 'Request has expired');
  }
  if (signedAt - systemClock.now().getTime() > MAX_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed');
  }
  return {
    credentialScope: value('X-Amz-Credential'),
    signedHeaders: value('X-Amz-SignedHeaders'),
    signature,
    date,
    payloadHash: 'UNSIGNED-PAYLOAD',
    sessionToken: query.find(([name]) => name === 'X-Amz-Security-Token')?.[1],
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
  };
}

function sign(
  request: IncomingMessage,
  path: string,
  signed: Signed,
  credential: S3Credential,
  scope: string,
): string {
  const names = signed.signedHeaders.split(';');
  if (!names.includes('host')) {
    throw new S3Error('AccessDenied', 'The host header must be signed');
  }
  const headers = names.map((name) => `${name}:${headerValue(request, name)}\n`).join('');
  const query = signed.query
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonical = [
    request.method,
    path,
    query,
    headers,
    signed.signedHeaders,
    signed.payloadHash,
  ].join('\n');
  const toSign = [ALGORITHM, signed.date, scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer>(
      (derived, part) => createHmac('sha256', derived).update(part).digest(),
      Buffer.from(`AWS4${credential.secretAccessKey}`),
    );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

function headerValue(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
}

function instantOf(date: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) {
    throw new S3Error('AccessDenied', 'X-Amz-Date is malformed');
  }
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
