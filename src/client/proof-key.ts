import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';

/** A private P-256 key as RFC 7517 writes it. */
export type ProofKey = import('node:crypto').JsonWebKey;

/** A key pair for proofs of possession (RFC 9449): ES256. */
export function newProofKey(): ProofKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'jwk' });
}

/** A proof for one request with one token. */
export function proofOf(
  key: ProofKey,
  clock: Clock,
  { method, url, token }: { readonly method: string; readonly url: string; readonly token: string },
): string {
  const { kty, crv, x, y } = key;
  const { origin, pathname } = new URL(url);
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
  const claims = {
    jti: randomUUID(),
    htm: method,
    htu: origin + pathname,
    iat: Math.floor(clock.now().getTime() / 1000),
    ath: createHash('sha256').update(token).digest('base64url'),
  };
  const input = `${encode(header)}.${encode(claims)}`;
  const privateKey = createPrivateKey({ key: { ...key }, format: 'jwk' });
  const signature = sign('sha256', Buffer.from(input), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
