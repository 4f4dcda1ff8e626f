import type { Config } from '../config/config.js';
import type { ForeignTokenVerifier } from '../platform/signing/foreign-token.js';
import { readSignInClaims, type SignInClaims } from './auth-level.js';

const MAX_LIFETIME_SECONDS = 900;
const SKEW_SECONDS = 30;
const MAX_ID = 255;
const THUMBPRINT = /^[\w-]{43}$/;

/** Who an access token speaks for. */
export interface BearerIdentity extends SignInClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly expiresAt: Date;
  /** The key that the token is bound to (RFC 9449 section 6); undefined for a bearer token. */
  readonly jkt: string | undefined;
}

/**
 * Verifies an access token of the OpenID provider for the broker's API.
 * @returns undefined for anything that is not a live one: the caller learns no more.
 * @see RFC 9068 sections 2.2 and 4; grants-and-delivery section 3
 */
export async function verifyBearerToken(
  verifier: ForeignTokenVerifier,
  config: Pick<Config, 'oidc' | 'publicUrl'>,
  token: string,
): Promise<BearerIdentity | undefined> {
  const claims = await verifier.verify(token, {
    issuer: config.oidc.issuer,
    audience: config.publicUrl,
    types: ['at+jwt', 'application/at+jwt'],
    skewSeconds: SKEW_SECONDS,
  });
  const signIn = claims && readSignInClaims(claims);
  if (!signIn) {
    return undefined;
  }
  const { iss, sub, iat, exp, client_id: clientId, jti, cnf } = claims;
  const lifetime = exp - iat;
  const jkt = cnf === undefined ? undefined : thumbprintOf(cnf);
  if (!isId(clientId) || !isId(jti) || !(lifetime > 0 && lifetime <= MAX_LIFETIME_SECONDS)) {
    return undefined;
  }
  // Bound to something that is not asked for here, such as a certificate: no bearer token, so none at all.
  if (cnf !== undefined && jkt === undefined) {
    return undefined;
  }
  return { ...signIn, issuer: iss, subject: sub, clientId, expiresAt: new Date(exp * 1000), jkt };
}

function thumbprintOf(cnf: unknown): string | undefined {
  const { jkt, ...others } = Object(cnf) as Readonly<Record<string, unknown>>;
  return typeof jkt === 'string' && THUMBPRINT.test(jkt) && Object.keys(others).length === 0
    ? jkt
    : undefined;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID;
}
