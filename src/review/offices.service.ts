import { Injectable } from '@nestjs/common';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Operation } from '../identity/operations.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';

/** Where the caller is an officer, and whose events that shows; null for everybody's. */
export interface Office {
  readonly organisationId: string;
  readonly sees: readonly string[] | null;
}

/** R5.8: an officer of a party sees what names it; the operator's see all. */
@Injectable()
export class Offices {
  constructor(private readonly authorisation: Authorisation) {}

  /** @throws ConcordatError `operation_denied` to whoever holds the operation nowhere. */
  of(principal: Principal, operation: Operation = 'audit:read'): Office {
    const isOfficer = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds });
    const operator = principal.memberships.find(({ isOperator }) => isOperator);
    if (operator && isOfficer([])) {
      return { organisationId: operator.organisationId, sees: null };
    }
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    const sees = own.filter((id) => isOfficer([id]));
    const [organisationId] = sees;
    if (organisationId === undefined) {
      throw new ConcordatError('operation_denied', { operation });
    }
    return { organisationId, sees };
  }
}
