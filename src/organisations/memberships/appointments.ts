import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { checkAppointment } from './appointment.rules.js';

/** Who may give and take which role (ADR 0055). */
@Injectable()
export class Appointments {
  constructor(private readonly authorisation: Authorisation) {}

  /**
   * @returns whether the caller may give and take any role.
   * @throws ConcordatError `operation_denied` (403) naming the roles that are not theirs to give or take.
   */
  require(principal: Principal, organisationId: string, roles: readonly Role[]): boolean {
    const mayAppoint = this.authorisation.allows(principal, 'membership:appoint', {
      organisationIds: [organisationId],
    });
    checkAppointment(roles, mayAppoint);
    return mayAppoint;
  }
}
