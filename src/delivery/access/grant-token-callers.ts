import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../../config/config.js';
import { GrantTokens, type GrantTokenClaims } from '../../grants/grant-token.service.js';
import { CountedRefusals } from '../../identity/counted-refusals.js';
import { routeOf } from '../../identity/refusals.service.js';
import { sourceOf } from '../../identity/request-source.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import type { DeliveryCaller } from '../delivery.types.js';

const BEARER = /^bearer ([\w.~+/-]+=*)$/i;

/** Who calls with a grant token, which is the whole right: no session and no other bearer opens these routes. */
@Injectable()
export class GrantTokenCallers {
  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly tokens: GrantTokens,
    private readonly counted: CountedRefusals,
  ) {}

  /**
   * @param grantId the id in the path.
   * @throws ConcordatError `unauthenticated` (401), counted; `not_found` (404) for a token of another grant, counted.
   */
  async callerOf(request: Request, grantId: string): Promise<DeliveryCaller> {
    const claims = await this.claimsOf(request);
    if (claims.grantId !== grantId) {
      this.counted.count('auth.token-rejected', 'token_of_another_grant', routeOf(request));
      throw new ConcordatError('not_found');
    }
    return { via: 'token', grantId, epoch: claims.epoch, ...sourceOf(request, this.config) };
  }

  private async claimsOf(request: Request): Promise<GrantTokenClaims> {
    const token = BEARER.exec(request.get('authorization') ?? '')?.[1];
    try {
      if (token === undefined) {
        throw new ConcordatError('unauthenticated');
      }
      return await this.tokens.verify(token);
    } catch (error) {
      if (isConcordatError(error, 'unauthenticated')) {
        const reason = token === undefined ? 'token_missing' : 'token_invalid';
        this.counted.count('auth.token-rejected', reason, routeOf(request));
      }
      throw error;
    }
  }
}
