import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../../config/config.js';
import { GrantTokens, type GrantTokenClaims } from '../../grants/grant-token.service.js';
import { presentedToken, rejectionReason } from '../../identity/authorization-header.js';
import { CountedRefusals } from '../../identity/counted-refusals.js';
import { DpopProofs } from '../../identity/dpop/dpop-proofs.service.js';
import { routeOf } from '../../identity/refusals.service.js';
import { sourceOf } from '../../identity/request-source.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import type { TokenCaller } from '../delivery.types.js';

/** Who calls with a grant token, which is the whole right: no session and no other bearer opens these routes. */
@Injectable()
export class GrantTokenCallers {
  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly tokens: GrantTokens,
    private readonly proofs: DpopProofs,
    private readonly counted: CountedRefusals,
  ) {}

  /**
   * @param grantId the id in the path.
   * @throws ConcordatError `unauthenticated`, `dpop_required` or `dpop_proof_invalid` (401), counted; `not_found` (404) for a token of another grant, counted.
   */
  async callerOf(request: Request, grantId: string): Promise<TokenCaller> {
    const claims = await this.counting(request, () => this.claimsOf(request));
    if (claims.grantId !== grantId) {
      this.counted.count('auth.token-rejected', 'token_of_another_grant', routeOf(request));
      throw new ConcordatError('not_found');
    }
    const { epoch, jkt, clientId, expiresAt: tokenExpiresAt } = claims;
    const source = sourceOf(request, this.config);
    return { via: 'token', grantId, epoch, jkt, clientId, tokenExpiresAt, ...source };
  }

  private async claimsOf(request: Request): Promise<GrantTokenClaims> {
    const presented = presentedToken(request);
    if (!presented) {
      throw new ConcordatError('unauthenticated');
    }
    const { scheme, token } = presented;
    const claims = await this.tokens.verify(token);
    if (claims.jkt === null) {
      // RFC 9449 section 7.1: what is bound to no key is not presented as if it were.
      if (scheme === 'dpop') {
        throw new ConcordatError('unauthenticated');
      }
      return claims;
    }
    const jkt = scheme === 'dpop' ? await this.proofs.keyOf(request, token) : undefined;
    if (jkt !== claims.jkt) {
      throw new ConcordatError(jkt === undefined ? 'dpop_required' : 'dpop_proof_invalid');
    }
    return claims;
  }

  private async counting<T>(request: Request, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isConcordatError(error) && error.status === 401) {
        const reason = rejectionReason(request, error.code);
        this.counted.count('auth.token-rejected', reason, routeOf(request));
      }
      throw error;
    }
  }
}
