import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import { Approvals } from '../approvals/approvals.service.js';
import { Appointments } from '../memberships/appointments.js';
import { checkMembership, TWO_PERSON_ROLES } from '../memberships/membership.rules.js';
import { OrganisationsRepository } from '../organisations.repository.js';
import { InvitationsRepository, type InvitedAs } from './invitations.repository.js';

const MAX_OPEN = 500;

/** What an invitation may promise: a membership that could start today, with roles that the inviter may give or propose. */
@Injectable()
export class InvitationTerms {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly organisations: OrganisationsRepository,
    private readonly appointments: Appointments,
    private readonly approvals: Approvals,
  ) {}

  /** @returns the organisation's name. */
  async check(
    tx: Tx,
    membership: {
      readonly organisationId: string;
      readonly startsOn: string;
      readonly endsOn: string | null;
      readonly roles: readonly Role[];
    },
    today: string,
  ): Promise<string> {
    const { organisationId, startsOn, endsOn, roles } = membership;
    const organisation = await this.organisations.find(tx, organisationId);
    if (!organisation) {
      throw new ConcordatError('not_found');
    }
    const { status, isOperator, name } = organisation;
    if (status !== 'active') {
      throw new ConcordatError('transition_not_allowed', { from: status, move: 'invite' });
    }
    checkMembership({ startsOn, endsOn: endsOn ?? undefined, roles, isOperator });
    if (endsOn !== null && endsOn < today) {
      const errors = [{ pointer: '/endsOn', reason: 'must not be in the past' }];
      throw new ConcordatError('input_invalid', { errors });
    }
    if ((await this.invitations.countOpen(tx, organisationId)) >= MAX_OPEN) {
      const detail = `At most ${String(MAX_OPEN)} invitations are open at once. Withdraw some first.`;
      throw new ConcordatError('conflict', { detail });
    }
    return name;
  }

  /**
   * In which role the caller promises these roles.
   * @throws ConcordatError `operation_denied` (403) when they could neither give nor propose one of them.
   */
  inviterRole(principal: Principal, organisationId: string, roles: readonly Role[]): InvitedAs {
    const mayAppoint = this.appointments.require(principal, organisationId, roles);
    for (const role of roles.filter((one) => TWO_PERSON_ROLES.has(one))) {
      const act = { act: 'role_add', targetId: organisationId, organisationId } as const;
      this.approvals.requireDuty(principal, { ...act, change: { role } });
    }
    return mayAppoint ? 'platform_admin' : 'data_owner';
  }
}
