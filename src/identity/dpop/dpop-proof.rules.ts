import { createHash } from 'node:crypto';

const SKEW_SECONDS = 60;
const MAX_JTI = 255;
const MAX_URL = 4_096;

/** The request that a proof must be about. */
export interface ProvenRequest {
  readonly method: string;
  /** Absolute; query and fragment do not count. */
  readonly url: string;
  /** The token presented with the proof. */
  readonly token: string;
}

/** What makes a proof good for one use: until when it could be tried again, in seconds since 1970. */
export interface ProofUse {
  readonly jti: string;
  readonly usableUntil: number;
}

/**
 * Whether a proof's claims are about this very request, now. Every proof comes with a token, so every proof has `ath`.
 * @param now seconds since 1970.
 * @see RFC 9449 section 4.3
 */
export function proofUse(
  { jti, htm, htu, iat, ath }: Readonly<Record<string, unknown>>,
  { method, url, token }: ProvenRequest,
  now: number,
): ProofUse | undefined {
  const here = target(url);
  const isHere =
    here !== undefined && htm === method && isText(htu, MAX_URL) && target(htu) === here;
  const isNow = typeof iat === 'number' && Math.abs(now - iat) <= SKEW_SECONDS;
  return isHere && isNow && isText(jti, MAX_JTI) && ath === digest(token)
    ? { jti, usableUntil: iat + SKEW_SECONDS }
    : undefined;
}

/** The URL without what does not count, normalised as RFC 3986 section 6.2.2 and 6.2.3; undefined for no URL. */
function target(text: string): string | undefined {
  const url = URL.parse(text);
  return url && url.username === '' && url.password === '' ? url.origin + url.pathname : undefined;
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= max;
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
