import { ConcordatError } from '../../kernel/errors.js';

const TTL_SECONDS = 120;
const MIN_SECONDS = 30;

/** When a URL is signed and for how long, in whole seconds: SigV4 knows no others, and its expiry must be the true one. */
export interface UrlLifetime {
  readonly signedAt: Date;
  readonly ttlSeconds: number;
  readonly expiresAt: Date;
}

/**
 * A URL lives two minutes and never longer than its grant.
 * @throws ConcordatError `grant_window_closed` (409) with under 30 s left: too short to be of use.
 * @see grants-and-delivery section 5
 */
export function urlLifetime(now: Date, grantExpiresAt: Date): UrlLifetime {
  const signedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = Math.min(signedAt + TTL_SECONDS, Math.floor(grantExpiresAt.getTime() / 1000));
  const ttlSeconds = expiresAt - signedAt;
  if (ttlSeconds < MIN_SECONDS) {
    throw new ConcordatError('grant_window_closed');
  }
  return {
    signedAt: new Date(signedAt * 1000),
    ttlSeconds,
    expiresAt: new Date(expiresAt * 1000),
  };
}
