import { createHash, generateKeyPairSync } from 'node:crypto';
import jose from 'node-jose';

export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** An ES256 key pair ready to sign; `toJSON` shows the public half only. */
export interface SigningKey {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly key: jose.JWK.Key;
}

/**
 * Makes an ES256 key whose kid is its RFC 7638 SHA-256 thumbprint. OpenSSL makes the pair: node-jose computes one in
 * JavaScript, in a third of a second and not in constant time.
 * @returns it and its private JWK as bytes.
 */
export async function generateSigningKey(): Promise<{ key: SigningKey; privateJwk: Buffer }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
  const privateJwk = Buffer.from(JSON.stringify(jwk));
  return { key: await importSigningKey(privateJwk), privateJwk };
}

/** @param privateJwk as `generateSigningKey` returned it. */
export async function importSigningKey(privateJwk: Buffer): Promise<SigningKey> {
  const jwk = JSON.parse(privateJwk.toString()) as { crv: string; x: string; y: string };
  const kid = thumbprint(jwk);
  const key = await jose.JWK.asKey({ ...jwk, kid });
  const { crv, x, y } = jwk;
  return { kid, key, publicJwk: { kty: 'EC', crv, x, y, kid, alg: 'ES256', use: 'sig' } };
}

/** @see RFC 7638 section 3.2: the required members of an EC key, in this order. */
export function thumbprint({ crv, x, y }: { crv: string; x: string; y: string }): string {
  const text = JSON.stringify({ crv, kty: 'EC', x, y });
  return createHash('sha256').update(text).digest('base64url');
}

/** Binds a wrapped private key to its name: none opens in another's place. */
export function wrappingName(kid: string): string {
  return `signing-key|${kid}`;
}

/** The header segment is one constant per key and type: `{"typ":…,"alg":"ES256","kid":…}`. */
export function headerSegment(typ: string, kid: string): string {
  return Buffer.from(JSON.stringify({ typ, alg: 'ES256', kid })).toString('base64url');
}

/** Signs `payload` as a compact JWS. @param payload exact bytes: for a sign-off the canonical JSON. */
export async function signCompact(key: SigningKey, typ: string, payload: Buffer): Promise<string> {
  const input = `${headerSegment(typ, key.kid)}.${payload.toString('base64url')}`;
  const { mac } = await (key.key as unknown as LowLevelKey).sign('ES256', Buffer.from(input));
  return `${input}.${mac.toString('base64url')}`;
}

// node-jose's own typings leave out the method that its JWS layer itself calls.
interface LowLevelKey {
  sign(alg: string, data: Buffer): Promise<{ mac: Buffer }>;
}
