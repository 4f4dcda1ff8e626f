import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

export interface Proof {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly header?: object;
  readonly claims?: object;
}

/** A researcher's key and the proofs that it makes (RFC 9449), with node:crypto alone. */
export interface ProofKey {
  readonly jwk: Readonly<Record<'kty' | 'crv' | 'x' | 'y', string>>;
  readonly privateJwk: Readonly<Record<string, unknown>>;
  /** RFC 7638. */
  readonly jkt: string;
  /** @param proof `header` and `claims` replace single members; undefined leaves one out. */
  prove(proof: Proof): string;
  /** A signature over any header and payload text. */
  signText(header: string, payload: string): string;
}

export function proofKey(): ProofKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x, y };
  const signText = (header: string, payload: string): string => {
    const input = `${encode(header)}.${encode(payload)}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  };
  return {
    jwk,
    privateJwk: { ...privateKey.export({ format: 'jwk' }) },
    jkt: digest(JSON.stringify({ crv, kty, x, y })),
    signText,
    prove: ({ method, url, token, iat, header, claims }) =>
      signText(
        JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header }),
        JSON.stringify({
          jti: randomUUID(),
          htm: method,
          htu: url,
          iat,
          ath: digest(token),
          ...claims,
        }),
      ),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
