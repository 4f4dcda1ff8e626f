import type { Clock } from '../../kernel/clock.js';
import {
  isSignedBy,
  parseClaims,
  parseCompact,
  parseForeignHeader,
  type ForeignAlgorithm,
} from './compact-jws.js';
import type { RemoteJwk } from './remote-jwks.js';

const ALGORITHMS: readonly ForeignAlgorithm[] = ['RS256', 'PS256', 'ES256'];

/** What a kind of foreign token must be; a profile fixes everything its header and times may say. */
export interface ForeignProfile {
  readonly issuer: string;
  readonly audience: string;
  /** Accepted `typ` values, lower case; undefined in the list lets it be absent. */
  readonly types: readonly (string | undefined)[];
  readonly skewSeconds: number;
}

export type ForeignClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
};

/** Where the keys of somebody's tokens come from. */
interface KeySource {
  find(kid: string): Promise<RemoteJwk | undefined>;
}

/** Verifies tokens that others sign: header profile, signature, then iss, aud, exp, nbf and iat. */
export class ForeignTokenVerifier {
  constructor(
    private readonly jwks: KeySource,
    private readonly clock: Clock,
  ) {}

  /** @returns the claims, or undefined when anything is wrong: callers learn no more. */
  async verify(token: string, profile: ForeignProfile): Promise<ForeignClaims | undefined> {
    const parsed = parseCompact(token, 'any');
    const header = parsed && parseForeignHeader(parsed.headerSegment);
    const algorithm = ALGORITHMS.find((candidate) => candidate === header?.alg);
    if (!header || !algorithm || !profile.types.includes(header.typ?.toLowerCase())) {
      return undefined;
    }
    const key = await this.jwks.find(header.kid);
    // A key declared for one algorithm serves no other.
    if (!key || (key.alg !== undefined && key.alg !== algorithm)) {
      return undefined;
    }
    const claims = parseClaims(parsed.payloadSegment);
    if (!claims || !(await isSignedBy(token, key, algorithm))) {
      return undefined;
    }
    return this.fits(claims, profile) ? claims : undefined;
  }

  private fits(
    claims: Record<string, unknown>,
    { issuer, audience, skewSeconds }: ForeignProfile,
  ): claims is ForeignClaims {
    const now = this.clock.now().getTime() / 1000;
    const { iss, aud, sub, exp, iat, nbf } = claims;
    const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
    return (
      iss === issuer &&
      audiences.includes(audience) &&
      typeof sub === 'string' &&
      sub !== '' &&
      sub.length <= 255 &&
      typeof exp === 'number' &&
      exp > now - skewSeconds &&
      typeof iat === 'number' &&
      iat <= now + skewSeconds &&
      (nbf === undefined || (typeof nbf === 'number' && nbf <= now + skewSeconds))
    );
  }
}
