import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { actorOn } from '../acting.js';
import { Supervision } from '../people/supervision.service.js';
import { Appointments } from './appointments.js';
import { MembershipChanges } from './membership-changes.js';
import type { MembershipEntity } from './membership.entity.js';
import { aboutMembership } from './membership-records.js';
import type { MembershipView } from './membership.view.js';
import { MembershipsRepository } from './memberships.repository.js';

/** It takes two administrators to make a third (R3.10). */
const MIN_ADMINISTRATORS = 2;

/** Members leave or are let go. What rests on the membership ends with it, in the same transaction. */
@Injectable()
export class MembershipEnds {
  // eslint-disable-next-line max-params -- a membership, what rests on it, and the clock
  constructor(
    private readonly changes: MembershipChanges,
    private readonly memberships: MembershipsRepository,
    private readonly appointments: Appointments,
    private readonly supervision: Supervision,
    private readonly cascade: Cascade,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `operation_denied` to a data owner where the member holds more than they give and take. */
  async end(principal: Principal, id: string, reason: string): Promise<MembershipView> {
    await this.changes.change(principal, id, 'membership:end', async (tx, membership) => {
      const held = await this.memberships.findRoles(tx, id);
      const roles = held.map(({ role }) => role);
      this.appointments.require(principal, membership.organisationId, roles);
      await this.close(tx, principal, membership, { reasonText: reason });
    });
    return { ...(await this.changes.show(id)), approvals: [] };
  }

  /** @throws ConcordatError `not_found` for somebody else's; `conflict` when too few administrators would be left. */
  async leave(principal: Principal, id: string, reason?: string): Promise<MembershipView> {
    await this.changes.changeOwn(principal, id, async (tx, membership) => {
      await this.requireAdministrators(tx, membership);
      await this.close(tx, principal, membership, { reasonCodes: ['left'], reasonText: reason });
    });
    return { ...(await this.changes.show(id)), approvals: [] };
  }

  private async close(
    tx: Tx,
    principal: Principal,
    membership: MembershipEntity,
    why: { readonly reasonCodes?: readonly string[]; readonly reasonText?: string | undefined },
  ): Promise<void> {
    const { id, personId, organisationId } = membership;
    const auditEventId = await this.audit.record(tx, 'membership.ended', {
      ...aboutMembership(actorOn(principal, organisationId), membership),
      ...why,
    });
    await this.memberships.end(tx, id, this.clock.now(), auditEventId);
    const cause = { code: 'membership_ended', personId, organisationId } as const;
    await this.cascade.apply(tx, ...(await this.supervision.following(tx, cause)));
  }

  private async requireAdministrators(tx: Tx, { personId }: MembershipEntity): Promise<void> {
    const today = londonDay(this.clock.now());
    const { isOne, others } = await this.memberships.countAdministrators(tx, personId, today);
    if (isOne && others < MIN_ADMINISTRATORS) {
      const detail = 'Two administrators must stay: it takes two to make a third.';
      throw new ConcordatError('conflict', { detail });
    }
  }
}
