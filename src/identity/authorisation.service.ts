import { Inject, Injectable } from '@nestjs/common';
import { ConcordatError } from '../kernel/errors.js';
import { OperationDecision, type OperationScope } from './operation-decision.js';
import type { Operation } from './operations.js';
import type { LiveMembership, Principal } from './principal.js';
import type { Role } from './roles.js';

/** What an operation is done to: the organisations it belongs to and, where it is somebody's own, the person. */
export interface ProtectedResource {
  readonly organisationIds: readonly string[];
  readonly personId?: string;
  /** In which organisation it is the person's own: a program has nothing of theirs elsewhere. */
  readonly ownIn?: string;
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
      const isInsider =
        isOwn(principal, resource) ||
        principal.memberships.some((membership) => isInside(membership, resource));
      throw isInsider ? denial : new ConcordatError('not_found', {}, { cause: denial });
    }
  }

  allows(principal: Principal, operation: Operation, resource: ProtectedResource): boolean {
    if (principal.scopes?.includes(operation) === false) {
      return false;
    }
    return claimsOn(principal, resource).some(({ roles, scope }) =>
      this.decision.allows({ roles, operation, scope }),
    );
  }

  /**
   * By which delegation the caller may do what several roles may (R3.24).
   * @returns undefined when the roles of their own are enough.
   */
  delegationFor(
    principal: Principal,
    operation: Operation,
    resource: ProtectedResource,
  ): string | undefined {
    const { memberships } = principal;
    const own = memberships.map((held) => ({ ...held, roles: held.ownRoles ?? held.roles }));
    if (this.allows({ ...principal, memberships: own }, operation, resource)) {
      return undefined;
    }
    const lent = memberships.flatMap((held) =>
      (held.delegations ?? []).map(({ delegationId, role }) => ({
        delegationId,
        as: { ...principal, memberships: [{ ...held, roles: [role] }] },
      })),
    );
    return lent.find(({ as }) => this.allows(as, operation, resource))?.delegationId;
  }
}

/** Roles, and how near to the resource they are held: what one question to the decision is about. */
interface Claim {
  readonly roles: readonly Role[];
  readonly scope: OperationScope;
}

/**
 * Each membership is judged by itself (R1.1): being a member of the resource's organisation brings an operator's roles no
 * nearer to it than the platform. Over one's own things roles count wherever they are held.
 */
function claimsOn(principal: Principal, resource: ProtectedResource): readonly Claim[] {
  const { memberships } = principal;
  const own: Claim = { roles: memberships.flatMap(({ roles }) => roles), scope: 'own' };
  const held = memberships.flatMap((membership): Claim[] => {
    const { roles, isOperator } = membership;
    if (isInside(membership, resource)) {
      return [{ roles, scope: 'organisation' }];
    }
    return isOperator ? [{ roles, scope: 'platform' }] : [];
  });
  return isOwn(principal, resource) ? [own, ...held] : held;
}

function isOwn({ kind, personId, memberships }: Principal, resource: ProtectedResource): boolean {
  const isHere =
    kind === 'person' ||
    memberships.some(({ organisationId }) => organisationId === resource.ownIn);
  return isHere && resource.personId === personId;
}

function isInside({ organisationId }: LiveMembership, resource: ProtectedResource): boolean {
  return resource.organisationIds.includes(organisationId);
}
