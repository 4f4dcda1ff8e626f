import { isSignedBy, parseClaims, parseCompact } from './compact-jws.js';
import { thumbprint } from './signing-key.js';

const TYPE = 'dpop+jwt';
const COORDINATE = /^[\w-]{43}$/;

/** A proof whose signature holds; what its claims promise is the caller's to check. */
export interface SignedProof {
  /** RFC 7638 SHA-256 thumbprint of the key that signed it. */
  readonly jkt: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Verifies the signature of a DPoP proof by the key that it carries. The only token here that may carry its own key: it
 * proves that its sender holds it, and nothing else.
 * @returns undefined unless the header is exactly typ, alg ES256 and a public P-256 key, and the signature is that key's.
 * @see RFC 9449 section 4.2
 */
export async function verifyProofSignature(proof: string): Promise<SignedProof | undefined> {
  const parsed = parseCompact(proof, 'es256');
  const key = parsed && keyOfHeader(parsed.headerSegment);
  const claims = parsed && parseClaims(parsed.payloadSegment);
  if (!key || !claims || !(await isSignedBy(proof, key, 'ES256'))) {
    return undefined;
  }
  return { jkt: thumbprint(key), claims };
}

interface PublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

function keyOfHeader(segment: string): PublicKey | undefined {
  const header = parseClaims(segment);
  if (
    header?.['typ'] !== TYPE ||
    header['alg'] !== 'ES256' ||
    !hasMembers(header, ['alg', 'jwk', 'typ'])
  ) {
    return undefined;
  }
  const { jwk } = header;
  if (!isObject(jwk) || !hasMembers(jwk, ['crv', 'kty', 'x', 'y'])) {
    return undefined;
  }
  const { kty, crv, x, y } = jwk;
  const isKey = kty === 'EC' && crv === 'P-256' && isCoordinate(x) && isCoordinate(y);
  // Text that a second reading would take for something else: members given twice, escapes.
  const text = Buffer.from(segment, 'base64url').toString();
  return isKey && JSON.stringify(header) === text.replace(/\s/g, '')
    ? { kty, crv, x, y }
    : undefined;
}

function hasMembers(value: object, names: readonly string[]): boolean {
  return Object.keys(value).sort().join() === names.join();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCoordinate(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    COORDINATE.test(value) &&
    Buffer.from(value, 'base64url').toString('base64url') === value
  );
}
