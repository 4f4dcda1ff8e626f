/** The level an `acr` proves by ACR_LEVELS; unlisted or absent values prove level 1. */
export function authLevelOf(
  acrLevels: ReadonlyMap<string, 1 | 2 | 3>,
  acr: string | null,
): 1 | 2 | 3 {
  return (acr === null ? undefined : acrLevels.get(acr)) ?? 1;
}

/** What a provider's token says of how the person signed in, bounded and checked for its type. */
export interface SignInClaims {
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly authenticatedAt: Date | null;
}

const MAX_TEXT = 255;
const MAX_METHODS = 20;

/** @returns what the claims say, or undefined when one of them has the wrong type: then none is believed. */
export function readSignInClaims(
  claims: Readonly<Record<string, unknown>>,
): SignInClaims | undefined {
  const { acr = null, amr = [], auth_time: authTime = null } = claims;
  const isAcr = acr === null || isShortText(acr);
  const isAmr = Array.isArray(amr) && amr.length <= MAX_METHODS && amr.every(isShortText);
  if (!isAcr || !isAmr || (authTime !== null && !isSeconds(authTime))) {
    return undefined;
  }
  return { acr, amr, authenticatedAt: authTime === null ? null : new Date(authTime * 1000) };
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
}

/** A NumericDate of RFC 7519 section 2 that a Date can hold. */
function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e12;
}
