import jose from 'node-jose';

const MAX_LENGTH = 8192;
// 86 characters: the 64 bytes of an ES256 signature. RSA signatures are longer; their length is their key's.
const ES256_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]{86}$/;
const ANY_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]{86,1024}$/;
const MEMBER = /^\s*"(alg|kid|typ)"\s*:\s*"([^"\\\p{Cc}]*)"\s*$/u;

export type ForeignAlgorithm = 'RS256' | 'PS256' | 'ES256';

export interface CompactJws {
  readonly headerSegment: string;
  readonly payloadSegment: string;
}

export interface ForeignHeader {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string | undefined;
}

/** The one wrapper of node-jose (unmaintained): everything it accepts and should not is refused before it is asked. */

/** @returns undefined unless the text is a compact JWS in canonical base64url of at most 8 KiB. */
export function parseCompact(token: string, shape: 'es256' | 'any'): CompactJws | undefined {
  if (token.length > MAX_LENGTH || !(shape === 'es256' ? ES256_SHAPE : ANY_SHAPE).test(token)) {
    return undefined;
  }
  const segments = token.split('.');
  const [headerSegment, payloadSegment] = segments;
  if (headerSegment === undefined || payloadSegment === undefined || !segments.every(isCanonical)) {
    return undefined;
  }
  return { headerSegment, payloadSegment };
}

// Trailing bits that decode to nothing would give one signature many texts.
function isCanonical(segment: string): boolean {
  return Buffer.from(segment, 'base64url').toString('base64url') === segment;
}

/**
 * A foreign header, read strictly: a flat object with only alg, kid and typ, each once, without escapes. Everything else
 * (crit, b64, x5u, x5c, jku, jwk, duplicates) is undefined.
 */
export function parseForeignHeader(segment: string): ForeignHeader | undefined {
  const text = Buffer.from(segment, 'base64url').toString().trim();
  if (!text.startsWith('{') || !text.endsWith('}')) {
    return undefined;
  }
  const members = new Map<string, string>();
  for (const part of text.slice(1, -1).split(',')) {
    const [, name, value] = MEMBER.exec(part) ?? [];
    if (name === undefined || value === undefined || members.has(name)) {
      return undefined;
    }
    members.set(name, value);
  }
  const alg = members.get('alg');
  const kid = members.get('kid');
  return alg === undefined || kid === undefined ? undefined : { alg, kid, typ: members.get('typ') };
}

/** True when `token` bears a signature of `jwk` by `algorithm`. Never throws for a bad signature or a key that is none. */
export async function isSignedBy(
  token: string,
  jwk: object,
  algorithm: ForeignAlgorithm,
): Promise<boolean> {
  try {
    const key = await jose.JWK.asKey(jwk);
    const options = { algorithms: [algorithm], allowEmbeddedKey: false };
    await jose.JWS.createVerify(key, options).verify(token);
    return true;
  } catch {
    return false;
  }
}

/** The claims of a payload segment; undefined unless they are one JSON object. */
export function parseClaims(segment: string): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
