import { Inject, Injectable } from '@nestjs/common';
import { ConcordatError } from '../kernel/errors.js';
import { OperationDecision, type OperationScope } from './operation-decision.js';
import type { Operation } from './operations.js';
import type { Principal } from './principal.js';
import type { Role } from './roles.js';

/** What an operation is done to: the organisations it belongs to and, where it is somebody's own, the person. */
export interface ProtectedResource {
  readonly organisationIds: readonly string[];
  readonly personId?: string;
}

/** The operation decision on one resource: Casbin decides, this class finds the caller's relation to the resource. */
@Injectable()
export class Authorisation {
  constructor(@Inject(OperationDecision) private readonly decision: OperationDecision) {}

  /**
   * @throws ConcordatError `operation_denied` (403) to a caller of one of the resource's organisations;
   * `not_found` (404) to everyone else, as if the resource did not exist (law 3).
   */
  require(principal: Principal, operation: Operation, resource: ProtectedResource): void {
    if (!this.allows(principal, operation, resource)) {
      const denial = new ConcordatError('operation_denied', { operation });
      const isInsider = relationOf(principal, resource) !== 'platform';
      throw isInsider ? denial : new ConcordatError('not_found', {}, { cause: denial });
    }
  }

  allows(principal: Principal, operation: Operation, resource: ProtectedResource): boolean {
    return this.decision.allows({
      roles: rolesFor(principal, resource),
      operation,
      scope: relationOf(principal, resource),
    });
  }
}

/** The narrowest relation of caller to resource (policy section 2). */
function relationOf(principal: Principal, resource: ProtectedResource): OperationScope {
  if (resource.personId === principal.personId) {
    return 'own';
  }
  const isMember = principal.memberships.some(({ organisationId }) =>
    resource.organisationIds.includes(organisationId),
  );
  return isMember ? 'organisation' : 'platform';
}

// Roles in the resource's organisations, plus operator roles; for one's own things, roles anywhere.
function rolesFor(principal: Principal, resource: ProtectedResource): readonly Role[] {
  const isOwn = resource.personId === principal.personId;
  return principal.memberships
    .filter(
      ({ organisationId, isOperator }) =>
        isOwn || isOperator || resource.organisationIds.includes(organisationId),
    )
    .flatMap(({ roles }) => roles);
}
