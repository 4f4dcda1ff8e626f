import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import { actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { Approvals, type Proposal, type ProposedView } from '../approvals/approvals.service.js';
import type { MembershipDto } from './membership.dto.js';
import type { MembershipEntity } from './membership.entity.js';
import { checkCompatible, checkMembership, TWO_PERSON_ROLES } from './membership.rules.js';
import { MembershipsRepository, type MemberRow } from './memberships.repository.js';
import { PersonRegistration } from './person-registration.js';

/** A membership, and the roles that wait for a second person. */
export interface MembershipView extends MemberRow {
  readonly approvals: readonly (ProposedView & { readonly role: Role })[];
}

/** Who belongs to which organisation, in which roles. */
@Injectable()
export class MembershipsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsRepository,
    private readonly registration: PersonRegistration,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly approvals: Approvals,
    @Inject(Clock) private readonly clock: Clock,
    // eslint-disable-next-line max-params -- seven collaborators and the two ports
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  onModuleInit(): void {
    this.approvals.register('role_add', (tx, approver, proposal) =>
      this.addApprovedRole(tx, approver, proposal),
    );
  }

  /** Makes a person a member. Roles that need two people are proposed; the others count at once. */
  async add(
    principal: Principal,
    organisationId: string,
    dto: MembershipDto,
  ): Promise<MembershipView> {
    this.authorisation.require(principal, 'membership:add', { organisationIds: [organisationId] });
    const { id, approvals } = await this.database.transaction(async (tx) => {
      const isOperator = await this.requireOrganisation(tx, organisationId);
      checkMembership({ ...dto, endsOn: dto.endsOn, isOperator });
      const personId = await this.registration.findOrRegister(
        tx,
        { issuer: dto.issuer, subject: dto.subject, name: dto.name, email: dto.email },
        organisationId,
        actorFields(principal),
      );
      await takeLocks(tx, 'exclusive', [{ kind: 'person', id: personId }]);
      if (await this.memberships.findOf(tx, personId, organisationId)) {
        throw new ConcordatError('conflict', { personId });
      }
      return this.start(tx, principal, { ...dto, personId, organisationId });
    });
    return { ...(await this.member(id)), approvals };
  }

  async list(
    principal: Principal,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<MemberRow[]> {
    this.authorisation.require(principal, 'membership:read', { organisationIds: [organisationId] });
    return this.memberships.listMembers(this.database.manager, organisationId, after, limit);
  }

  /** Adds a role, or proposes it when it takes two people. */
  async addRole(principal: Principal, id: string, role: Role): Promise<MembershipView> {
    const approvals = await this.change(principal, id, 'membership:change_roles', (tx, membership) =>
      this.giveOrPropose(tx, principal, membership, [role]),
    );
    return { ...(await this.member(id)), approvals };
  }

  /** Ends a role now and, in the same transaction, what rested on it. */
  async removeRole(
    principal: Principal,
    id: string,
    role: Role,
    reason: string,
  ): Promise<MembershipView> {
    await this.change(principal, id, 'membership:change_roles', async (tx, membership) => {
      const held = (await this.memberships.findRoles(tx, id)).find((one) => one.role === role);
      if (!held) {
        throw new ConcordatError('not_found');
      }
      const auditEventId = await this.audit.record(tx, 'membership.role-removed', {
        ...about(principal, membership),
        actorRole: role,
        reasonText: reason,
      });
      await this.memberships.endRole(tx, held.id, this.clock.now(), auditEventId);
      const { personId, organisationId } = membership;
      await this.cascade.apply(tx, { code: 'role_ended', personId, organisationId, role });
    });
    return { ...(await this.member(id)), approvals: [] };
  }

  /** The person leaves: the membership and, in the same transaction, every grant that rests on it end. */
  async end(principal: Principal, id: string, reason: string): Promise<MembershipView> {
    const before = await this.member(id);
    await this.change(principal, id, 'membership:end', async (tx, membership) => {
      const auditEventId = await this.audit.record(tx, 'membership.ended', {
        ...about(principal, membership),
        reasonText: reason,
      });
      await this.memberships.end(tx, id, this.clock.now(), auditEventId);
      const { personId, organisationId } = membership;
      await this.cascade.apply(tx, { code: 'membership_ended', personId, organisationId });
    });
    return { ...before, approvals: [] };
  }

  private async start(
    tx: Tx,
    principal: Principal,
    dto: MembershipDto & { readonly personId: string; readonly organisationId: string },
  ): Promise<{ id: string; approvals: MembershipView['approvals'] }> {
    const id = this.ids.next();
    const base = { id, personId: dto.personId, organisationId: dto.organisationId };
    const auditEventId = await this.audit.record(
      tx,
      'membership.started',
      about(principal, base),
    );
    const membership: MembershipEntity = {
      ...base,
      position: dto.position,
      startsOn: dto.startsOn,
      endsOn: dto.endsOn ?? null,
      endedAt: null,
      auditEventId,
    };
    await this.memberships.insert(tx, membership);
    return { id, approvals: await this.giveOrPropose(tx, principal, membership, dto.roles) };
  }

  private async giveOrPropose(
    tx: Tx,
    principal: Principal,
    membership: MembershipEntity,
    roles: readonly Role[],
  ): Promise<MembershipView['approvals']> {
    const isOperator = await this.requireOrganisation(tx, membership.organisationId);
    const held = (await this.memberships.findRoles(tx, membership.id)).map(({ role }) => role);
    const { startsOn, endsOn } = membership;
    checkMembership({ startsOn, endsOn: endsOn ?? undefined, roles: [...held, ...roles], isOperator });
    const approvals: (ProposedView & { readonly role: Role })[] = [];
    for (const role of roles) {
      if (held.includes(role)) {
        throw new ConcordatError('conflict', { role });
      }
      if (TWO_PERSON_ROLES.has(role)) {
        const proposal = await this.approvals.propose(tx, principal, {
          act: 'role_add',
          targetId: membership.id,
          organisationId: membership.organisationId,
          change: { role },
        });
        approvals.push({ role, ...proposal });
      } else {
        await this.give(tx, principal, membership, role, undefined);
      }
    }
    return approvals;
  }

  // R3.10: neither of the two is the subject. Every guard is checked again: much may have changed since the proposal.
  private async addApprovedRole(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const found = await this.memberships.find(tx, proposal.targetId);
    if (!found) {
      throw new ConcordatError('not_found');
    }
    await takeLocks(tx, 'exclusive', [{ kind: 'person', id: found.personId }]);
    const membership = await this.memberships.find(tx, proposal.targetId);
    const role = proposal.change['role'] as Role;
    if (!membership) {
      throw new ConcordatError('not_found');
    }
    if ([approver.personId, proposal.proposedBy].includes(membership.personId)) {
      throw new ConcordatError('operation_denied', { operation: 'role_add' });
    }
    const held = (await this.memberships.findRoles(tx, membership.id)).map((one) => one.role);
    if (held.includes(role)) {
      throw new ConcordatError('conflict', { role });
    }
    checkCompatible([...held, role]);
    await this.give(tx, approver, membership, role, proposal);
  }

  private async give(
    tx: Tx,
    principal: Principal,
    membership: MembershipEntity,
    role: Role,
    proposal: Proposal | undefined,
    // eslint-disable-next-line max-params -- who gives which role to whom, on whose proposal
  ): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'membership.role-added', {
      ...about(principal, membership),
      actorRole: role,
      approvalId: proposal?.id,
      proposedByPersonId: proposal?.proposedBy,
    });
    const today = londonDay(this.clock.now());
    await this.memberships.insertRole(tx, {
      id: this.ids.next(),
      membershipId: membership.id,
      role,
      startsOn: membership.startsOn > today ? membership.startsOn : today,
      endsOn: null,
      endedAt: null,
      auditEventId,
    });
  }

  private async change<T>(
    principal: Principal,
    id: string,
    operation: 'membership:change_roles' | 'membership:end',
    work: (tx: Tx, membership: MembershipEntity) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      const found = await this.memberships.find(tx, id);
      if (!found) {
        throw new ConcordatError('not_found');
      }
      this.authorisation.require(principal, operation, { organisationIds: [found.organisationId] });
      await takeLocks(tx, 'exclusive', [{ kind: 'person', id: found.personId }]);
      const membership = await this.memberships.find(tx, id);
      if (!membership) {
        throw new ConcordatError('not_found');
      }
      return work(tx, membership);
    });
  }

  private async requireOrganisation(tx: Tx, organisationId: string): Promise<boolean> {
    const isOperator = await this.memberships.isOperator(tx, organisationId);
    if (isOperator === undefined) {
      throw new ConcordatError('not_found');
    }
    return isOperator;
  }

  private async member(id: string): Promise<MemberRow> {
    const member = await this.memberships.findMember(this.database.manager, id);
    if (!member) {
      throw new ConcordatError('not_found');
    }
    return member;
  }
}

function about(
  principal: Principal,
  { id, personId, organisationId }: Pick<MembershipEntity, 'id' | 'personId' | 'organisationId'>,
) {
  return {
    ...actorFields(principal),
    organisationIds: [organisationId],
    targetType: 'membership',
    targetId: id,
    alsoAbout: [personId],
  };
}
