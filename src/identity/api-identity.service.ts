import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { ForeignTokenVerifier } from '../platform/signing/foreign-token.js';
import { authLevelOf } from './auth-level.js';
import { presentedToken, rejectionReason, type PresentedToken } from './authorization-header.js';
import { verifyBearerToken } from './bearer-token.js';
import { CountedRefusals } from './counted-refusals.js';
import { DpopProofs } from './dpop/dpop-proofs.service.js';
import type { AuthenticatedIdentity } from './principal.js';
import { routeOf } from './refusals.service.js';
import { isOfClientItself, programIdentity } from './service-token.rules.js';
import { PERSONAL_PREFIX } from './tokens/personal-token.rules.js';
import { PersonalTokenIdentity } from './tokens/personal-token-identity.service.js';

interface ApiCaller extends AuthenticatedIdentity {
  /** The key that the token itself is bound to. */
  readonly boundTo?: string | undefined;
}

/** Who calls the API, by the one token that the Authorization header presents. */
@Injectable()
export class ApiIdentity {
  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly verifier: ForeignTokenVerifier,
    private readonly personal: PersonalTokenIdentity,
    private readonly proofs: DpopProofs,
    private readonly counted: CountedRefusals,
  ) {}

  /** @throws ConcordatError `unauthenticated`, `dpop_required` or `dpop_proof_invalid` (401), counted. */
  async of(request: Request): Promise<AuthenticatedIdentity> {
    const presented = presentedToken(request);
    try {
      const caller = presented && (await this.identify(presented));
      if (!caller) {
        throw new ConcordatError('unauthenticated');
      }
      return await this.withKey(caller, presented, request);
    } catch (error) {
      if (isConcordatError(error) && error.status === 401) {
        const reason = rejectionReason(request, error.code);
        this.counted.count('auth.token-rejected', reason, routeOf(request));
      }
      throw error;
    }
  }

  // A bound token by the scheme of bearers, or the other way round, is refused (RFC 9449 section 7.2).
  private async withKey(
    { boundTo, ...identity }: ApiCaller,
    { scheme, token }: PresentedToken,
    request: Request,
  ): Promise<AuthenticatedIdentity> {
    if ((boundTo === undefined) !== (scheme === 'bearer')) {
      throw new ConcordatError(boundTo === undefined ? 'unauthenticated' : 'dpop_required');
    }
    const jkt = await this.proofs.keyOf(request, token);
    if (boundTo !== undefined && jkt !== boundTo) {
      throw new ConcordatError(jkt === undefined ? 'dpop_required' : 'dpop_proof_invalid');
    }
    return jkt === undefined ? identity : { ...identity, jkt };
  }

  private async identify({ token }: PresentedToken): Promise<ApiCaller | undefined> {
    if (token.startsWith(PERSONAL_PREFIX)) {
      return this.personal.find(token);
    }
    const bearer = await verifyBearerToken(this.verifier, this.config, token);
    if (!bearer) {
      return undefined;
    }
    const { issuer, subject, acr, amr, authenticatedAt, jkt } = bearer;
    if (isOfClientItself(bearer)) {
      const program = programIdentity(bearer);
      return program && { ...program, boundTo: jkt };
    }
    const authLevel = authLevelOf(this.config.acrLevels, acr);
    return { issuer, subject, acr, amr, authenticatedAt, authLevel, via: 'bearer', boundTo: jkt };
  }
}
