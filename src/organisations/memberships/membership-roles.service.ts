import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { actorOn, type Actor } from '../acting.js';
import {
  Approvals,
  type NewProposal,
  type Proposal,
  type ProposedView,
} from '../approvals/approvals.service.js';
import { DelegationsRepository } from '../delegations/delegations.repository.js';
import { Appointments } from './appointments.js';
import { MembershipChanges } from './membership-changes.js';
import type { MembershipEntity } from './membership.entity.js';
import { aboutMembership, MembershipRecords, type ProposedBefore } from './membership-records.js';
import {
  checkCompatible,
  checkMembership,
  isRole,
  roleTerms,
  TWO_PERSON_ROLES,
} from './membership.rules.js';
import type { MembershipView, ProposedRole } from './membership.view.js';
import { MembershipsRepository } from './memberships.repository.js';

/** A role that somebody is to have, and its London days where they are not all of the membership. */
export interface AskedRole {
  readonly role: Role;
  readonly startsOn?: string;
  readonly endsOn?: string;
}

/** Who gives a role, in whose name its event is, and how they propose one that takes two people. */
interface Giver {
  readonly personId: string;
  readonly actor: Actor;
  readonly before?: ProposedBefore;
  readonly propose: (tx: Tx, act: NewProposal) => Promise<ProposedView>;
}

/** Roles inside a membership. Those that bind, watch or run take two people (R3.10). */
@Injectable()
export class MembershipRoles implements OnModuleInit {
  // eslint-disable-next-line max-params -- what a slice needs, the approvals and the clock
  constructor(
    private readonly changes: MembershipChanges,
    private readonly memberships: MembershipsRepository,
    private readonly records: MembershipRecords,
    private readonly delegations: DelegationsRepository,
    private readonly approvals: Approvals,
    private readonly appointments: Appointments,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.register('role_add', (tx, approver, proposal) =>
      this.addApproved(tx, approver, proposal),
    );
  }

  /** Adds a role, or proposes it when it takes two people: the proposal is the answer then. */
  async add(
    principal: Principal,
    id: string,
    asked: AskedRole,
  ): Promise<MembershipView | ProposedView> {
    const [proposed] = await this.changes.change(
      principal,
      id,
      'membership:change_roles',
      (tx, membership) => {
        this.appointments.require(principal, membership.organisationId, [asked.role]);
        return this.giveOrPropose(tx, principal, membership, [asked]);
      },
    );
    return proposed ?? { ...(await this.changes.show(id)), approvals: [] };
  }

  /** Ends a role now and, in the same transaction, what rested on it. */
  async remove(
    principal: Principal,
    id: string,
    role: Role,
    reason: string,
  ): Promise<MembershipView> {
    await this.changes.change(principal, id, 'membership:change_roles', async (tx, membership) => {
      const held = (await this.memberships.findRoles(tx, id)).find((one) => one.role === role);
      if (!held) {
        throw new ConcordatError('not_found');
      }
      const { personId, organisationId } = membership;
      this.appointments.require(principal, organisationId, [role]);
      const auditEventId = await this.audit.record(tx, 'membership.role-removed', {
        ...aboutMembership(actorOn(principal, organisationId), membership),
        reasonCodes: [role],
        reasonText: reason,
      });
      await this.memberships.endRole(tx, held.id, this.clock.now(), auditEventId);
      await this.cascade.apply(tx, { code: 'role_ended', personId, organisationId, role });
    });
    return { ...(await this.changes.show(id)), approvals: [] };
  }

  /**
   * Gives each role, or proposes it. Nobody gives one to themselves.
   * @returns the proposals.
   */
  async giveOrPropose(
    tx: Tx,
    principal: Principal,
    membership: MembershipEntity,
    roles: readonly AskedRole[],
  ): Promise<ProposedRole[]> {
    const giver: Giver = {
      personId: principal.personId,
      actor: actorOn(principal, membership.organisationId),
      propose: (tx, act) => this.approvals.propose(tx, principal, act),
    };
    return this.giveAs(tx, giver, membership, roles);
  }

  /** The same for roles that somebody promised in an invitation, now that it is accepted. */
  async givePromised(
    tx: Tx,
    actor: Actor,
    inviter: { readonly personId: string; readonly role: Role },
    membership: MembershipEntity,
    roles: readonly AskedRole[],
  ): Promise<ProposedRole[]> {
    const { personId, role } = inviter;
    const before = { proposedBy: personId };
    const propose: Giver['propose'] = (tx, act) =>
      this.approvals.proposeFor(tx, { ...before, proposedRole: role }, act);
    return this.giveAs(tx, { personId, actor, before, propose }, membership, roles);
  }

  private async giveAs(
    tx: Tx,
    giver: Giver,
    membership: MembershipEntity,
    roles: readonly AskedRole[],
  ): Promise<ProposedRole[]> {
    requireOthers(membership, [giver.personId]);
    await this.requireAddable(
      tx,
      membership,
      roles.map(({ role }) => role),
    );
    const { id: targetId, organisationId } = membership;
    const proposed: ProposedRole[] = [];
    for (const asked of roles) {
      const { role } = asked;
      const terms = roleTerms(asked, membership, londonDay(this.clock.now()));
      if (TWO_PERSON_ROLES.has(role)) {
        const act = { act: 'role_add', targetId, organisationId, change: { ...asked } } as const;
        proposed.push({ role, ...(await giver.propose(tx, act)) });
      } else {
        await this.records.giveRole(tx, giver.actor, membership, terms, giver.before);
      }
    }
    return proposed;
  }

  // Every guard is checked again: much may have changed since the proposal.
  private async addApproved(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const membership = await this.changes.lock(tx, proposal.targetId);
    const { role } = proposal.change;
    if (!isRole(role)) {
      throw new Error('A proposal of a role without a role');
    }
    // Days that were to come may have come: a role counts from its approval at the earliest.
    const today = londonDay(this.clock.now());
    const { startsOn, endsOn } = proposal.change as Partial<AskedRole>;
    const days = {
      ...(startsOn !== undefined && startsOn > today ? { startsOn } : {}),
      ...(endsOn === undefined ? {} : { endsOn }),
    };
    const terms = roleTerms({ role, ...days }, membership, today);
    requireOthers(membership, [approver.personId, proposal.proposedBy]);
    await this.requireAddable(tx, membership, [role]);
    const actor = actorOn(approver, membership.organisationId);
    await this.records.giveRole(tx, actor, membership, terms, proposal);
  }

  private async requireAddable(
    tx: Tx,
    membership: MembershipEntity,
    added: readonly Role[],
  ): Promise<void> {
    const isOperator = await this.memberships.isOperator(tx, membership.organisationId);
    if (isOperator === undefined) {
      throw new ConcordatError('not_found');
    }
    const held = (await this.memberships.findRoles(tx, membership.id)).map(({ role }) => role);
    const twice = added.find((role) => held.includes(role));
    if (twice) {
      throw new ConcordatError('conflict', { role: twice });
    }
    const { startsOn, endsOn, personId, organisationId } = membership;
    const roles = [...held, ...added];
    checkMembership({ startsOn, endsOn: endsOn ?? undefined, roles, isOperator });
    // R1.2 looks at people: also at what they do as a deputy.
    const today = londonDay(this.clock.now());
    const lent = await this.delegations.openRolesOf(tx, personId, organisationId, today);
    checkCompatible([...roles, ...lent]);
  }
}

function requireOthers({ personId }: MembershipEntity, people: readonly string[]): void {
  if (people.includes(personId)) {
    throw new ConcordatError('operation_denied', { detail: 'Nobody adds to their own roles.' });
  }
}
