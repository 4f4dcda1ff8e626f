import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import type { ForeignClaims, ForeignTokenVerifier } from '../../platform/signing/foreign-token.js';
import { readSignInClaims, type SignInClaims } from '../auth-level.js';
import type { SignInDemand } from './sign-in-state.store.js';

const SKEW_SECONDS = 60;

export interface ExpectedIdToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly accessToken: string;
  readonly demand: SignInDemand;
}

/** What the provider says of the person, bounded; null where it says nothing usable. */
export interface PersonProfile {
  readonly name: string | null;
  readonly email: string | null;
}

export interface IdTokenIdentity extends SignInClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly profile: PersonProfile;
}

const MAX_NAME = 200;
const MAX_EMAIL = 254;

/**
 * Verifies the ID token of a sign-in that has just happened.
 * @returns undefined when any check fails.
 * @see OpenID Connect Core 1.0 sections 3.1.3.7 and 3.1.3.8
 */
export async function verifyIdToken(
  verifier: ForeignTokenVerifier,
  clock: Clock,
  token: string,
  expected: ExpectedIdToken,
): Promise<IdTokenIdentity | undefined> {
  const claims = await verifier.verify(token, {
    issuer: expected.issuer,
    audience: expected.clientId,
    types: [undefined, 'jwt'],
    skewSeconds: SKEW_SECONDS,
  });
  if (!claims || !isForThisSignIn(claims, expected)) {
    return undefined;
  }
  const now = clock.now().getTime() / 1000;
  const signIn = readSignInClaims(claims);
  // It was made for the code that was just redeemed: an old one is somebody else's.
  if (claims.iat < now - SKEW_SECONDS || !signIn || !meetsDemand(signIn, expected.demand, now)) {
    return undefined;
  }
  return {
    ...signIn,
    issuer: claims.iss,
    subject: claims.sub,
    profile: {
      name: boundedText(claims['name'], MAX_NAME),
      email: boundedText(claims['email'], MAX_EMAIL),
    },
  };
}

function boundedText(value: unknown, max: number): string | null {
  return typeof value === 'string' && value.trim() !== '' && value.length <= max ? value : null;
}

function isForThisSignIn(claims: ForeignClaims, expected: ExpectedIdToken): boolean {
  const { aud, azp, nonce, at_hash: atHash } = claims;
  const isAzpNeeded = Array.isArray(aud) && aud.length > 1;
  const isAzpRight = azp === undefined ? !isAzpNeeded : azp === expected.clientId;
  const isHashRight = atHash === undefined || atHash === accessTokenHash(expected.accessToken);
  return isAzpRight && nonce === expected.nonce && isHashRight;
}

function meetsDemand(
  { acr, authenticatedAt }: SignInClaims,
  { acrValues, maxAgeSeconds }: SignInDemand,
  now: number,
): boolean {
  const isStrong = acrValues.length === 0 || (acr !== null && acrValues.includes(acr));
  const age = authenticatedAt === null ? Infinity : now - authenticatedAt.getTime() / 1000;
  const isFresh = maxAgeSeconds === null || age <= maxAgeSeconds + SKEW_SECONDS;
  return isStrong && isFresh;
}

// Every permitted algorithm ends in 256, so the hash is SHA-256's left half.
function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}
