import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../config/config.js';
import { ConcordatError, isConcordatError, type ErrorCode } from '../kernel/errors.js';
import { declaredAccess } from '../platform/web/access.js';
import { surfaceOf } from '../platform/web/surface.js';
import { ApiIdentity } from './api-identity.service.js';
import { setPrincipal } from './caller.decorator.js';
import { CountedRefusals } from './counted-refusals.js';
import { OperationDecision } from './operation-decision.js';
import { isOperation } from './operations.js';
import type { AuthenticatedIdentity, Principal } from './principal.js';
import { PrincipalService } from './principal.service.js';
import { Refusals, routeOf } from './refusals.service.js';
import { sourceOf } from './request-source.js';
import { sessionIdentity } from './session-identity.js';

const NOBODY_KNOWN: readonly ErrorCode[] = ['person_not_registered', 'service_not_registered'];

/**
 * The guard in front of every route: finds who is calling and whether any of their roles may call this at all. The
 * service judges the resource. The API ignores cookies; the console ignores bearers.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  // eslint-disable-next-line max-params -- the one place where all ways to call meet
  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly apiIdentity: ApiIdentity,
    private readonly principals: PrincipalService,
    @Inject(OperationDecision) private readonly decision: OperationDecision,
    private readonly refusals: Refusals,
    private readonly counted: CountedRefusals,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = declaredAccess(context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    switch (access?.kind) {
      case undefined:
        throw new ConcordatError('operation_denied');
      case 'grant_token':
        // The delivery service verifies the grant token, which is the whole right.
        return true;
      case 'public':
        await this.recogniseIfSignedIn(request);
        return true;
      case 'signed_in':
        await this.requireScope(await this.recognise(request), request, access.scope);
        return true;
      case 'operation':
        await this.requireSomewhere(await this.recognise(request), request, access.operation);
        return true;
    }
  }

  private async requireSomewhere(
    principal: Principal,
    request: Request,
    operation: string,
  ): Promise<void> {
    await this.requireScope(principal, request, operation);
    const roles = principal.memberships.flatMap((membership) => membership.roles);
    if (!isOperation(operation) || !this.decision.holdsAnywhere(roles, operation)) {
      const error = new ConcordatError('operation_denied', { operation });
      throw await this.refusals.record(principal, request, error);
    }
  }

  // What is not declared for personal tokens is not for them.
  private async requireScope(
    principal: Principal,
    request: Request,
    scope: string | undefined,
  ): Promise<void> {
    if (principal.scopes?.some((held) => held === scope) === false) {
      const error = new ConcordatError('scope_missing', { scope: scope ?? null });
      throw await this.refusals.record(principal, request, error);
    }
  }

  private async recognise(request: Request): Promise<Principal> {
    const identity = await this.identify(request);
    const principal = await this.admit(identity, request);
    setPrincipal(request, principal);
    return principal;
  }

  // Refused before any handler runs, so recorded here: by name when suspended, counted when nobody knows them (R5.3).
  private async admit(identity: AuthenticatedIdentity, request: Request): Promise<Principal> {
    try {
      const source = sourceOf(request, this.config);
      const { principal, isSuspended } = await this.principals.find(identity, source);
      if (isSuspended) {
        const error = new ConcordatError('person_suspended');
        throw await this.refusals.record(principal, request, error);
      }
      return principal;
    } catch (error) {
      if (isConcordatError(error) && NOBODY_KNOWN.includes(error.code)) {
        this.counted.count('access.denied', error.code, routeOf(request));
      }
      throw error;
    }
  }

  // A public page greets who is signed in; whoever is not registered, or suspended, is nobody here.
  private async recogniseIfSignedIn(request: Request): Promise<void> {
    if (sessionIdentity(request)) {
      try {
        await this.recognise(request);
      } catch (error) {
        if (!isConcordatError(error) || ![403, 429].includes(error.status)) {
          throw error;
        }
      }
    }
  }

  private async identify(request: Request): Promise<AuthenticatedIdentity> {
    if (surfaceOf(request.path) !== 'console') {
      return this.apiIdentity.of(request);
    }
    const identity = sessionIdentity(request);
    if (!identity) {
      throw new ConcordatError('unauthenticated');
    }
    return identity;
  }
}
