import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { officeFields } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { actorOn } from '../acting.js';
import type { ApprovalEntity } from './approval.entity.js';
import { dutyFor, type Act } from './approval.rules.js';
import { ApprovalsRepository } from './approvals.repository.js';

/** Duties of the operator's that count for every organisation's acts. */
const OPERATOR_ROLES: readonly Role[] = ['platform_admin', 'ig_officer'];
const AT_ONCE = 100;
const LAPSES_AFTER_MS = 7 * 24 * 3_600_000;

/** What the second person is asked to let happen. */
export interface Proposal {
  readonly id: string;
  readonly act: Act;
  readonly targetId: string;
  /** Whose act it is; its members of the named duties answer, and the operator's. */
  readonly organisationId: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly proposedBy: string;
}

export type NewProposal = Omit<Proposal, 'id' | 'proposedBy'>;

/**
 * Carries the act out inside the approving transaction, and re-checks every guard of it.
 * @param role the duty in which the second person approves.
 */
export type ApprovalHandler = (
  tx: Tx,
  approver: Principal,
  proposal: Proposal,
  role: Role,
) => Promise<void>;

export interface ProposedView {
  readonly approvalId: string;
  readonly expiresAt: string;
}

export interface ApprovalView extends Proposal {
  readonly proposedRole: string;
  readonly status: string;
  readonly expiresAt: string;
  /** Who gains and who loses by it; null for an act that is not compared so. */
  readonly impactUrl: string | null;
}

/** Two-person acts (R3.10): one proposes, another with the right duty approves, and only then it happens. */
@Injectable()
export class Approvals {
  private readonly handlers = new Map<Act, ApprovalHandler>();

  // eslint-disable-next-line max-params -- what a slice needs, and the two ports
  constructor(
    private readonly database: Database,
    private readonly approvals: ApprovalsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Called at boot by the folder that carries the act out. */
  register(act: Act, handler: ApprovalHandler): void {
    this.handlers.set(act, handler);
  }

  /** @throws ConcordatError `operation_denied` (403) to a caller without one of the act's duties. */
  async propose(tx: Tx, principal: Principal, proposal: NewProposal): Promise<ProposedView> {
    const id = this.ids.next();
    const proposedRole = this.requireDuty(principal, proposal);
    const about = { ...proposal, id, role: proposedRole };
    const auditEventId = await this.record(tx, 'approval.proposed', principal, about);
    const by = { proposedBy: principal.personId, proposedRole };
    return this.insert(tx, { ...proposal, ...by, id, auditEventId });
  }

  /**
   * Proposes what somebody with the duty promised earlier and can be proposed only now. Whether they hold the duty still is
   * asked when it is approved.
   */
  async proposeFor(
    tx: Tx,
    { proposedBy, proposedRole }: { readonly proposedBy: string; readonly proposedRole: Role },
    proposal: NewProposal,
  ): Promise<ProposedView> {
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'approval.proposed', {
      ...BROKER_ACTOR,
      actorRole: proposedRole,
      organisationIds: [proposal.organisationId],
      targetType: proposal.act,
      targetId: proposal.targetId,
      approvalId: id,
      alsoAbout: [proposedBy],
    });
    return this.insert(tx, { ...proposal, proposedBy, proposedRole, id, auditEventId });
  }

  /** @throws ConcordatError `operation_denied` (403) to whoever could not propose it. */
  requireDuty(principal: Principal, proposal: NewProposal): Role {
    const role = dutyOf(principal, proposal);
    if (!role) {
      throw new ConcordatError('operation_denied', { act: proposal.act });
    }
    return role;
  }

  /**
   * Carries the act out.
   * @throws ConcordatError `approval_by_proposer` (403) when proposer and approver are one; `conflict` (409) when the
   * proposer no longer holds the duty: then only one person would stand behind the act.
   */
  async approve(principal: Principal, id: string): Promise<ApprovalView> {
    return this.answer(principal, id, 'approval:approve', async (tx, approval) => {
      const handler = this.handlers.get(approval.act);
      const role = dutyOf(principal, approval, approval.proposedRole);
      if (!handler || !role) {
        throw new Error(`No handler for the act ${approval.act}`);
      }
      await this.requireStandingProposer(tx, approval);
      await handler(tx, principal, approval, role);
      return { status: 'approved', auditEventId: approval.auditEventId };
    });
  }

  async reject(
    principal: Principal,
    id: string,
    reason: string | undefined,
  ): Promise<ApprovalView> {
    return this.answer(principal, id, 'approval:reject', async (tx, approval) => ({
      status: 'rejected',
      auditEventId: await this.record(
        tx,
        'approval.rejected',
        principal,
        { ...approval, role: dutyOf(principal, approval) },
        reason,
      ),
    }));
  }

  /** Writes that the second person did not answer within the 7 days. @returns how many lapsed. */
  async lapseDue(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const due = await this.approvals.lockDue(tx, this.clock.now(), AT_ONCE);
      for (const { id, act, targetId, organisationId, proposedBy } of due) {
        const auditEventId = await this.audit.record(tx, 'approval.lapsed', {
          ...BROKER_ACTOR,
          organisationIds: [organisationId],
          targetType: act,
          targetId,
          approvalId: id,
          alsoAbout: [proposedBy],
        });
        await this.approvals.answer(tx, id, { status: 'lapsed', answeredBy: null, auditEventId });
      }
      return due.length;
    });
  }

  /** Open proposals that the caller may see. */
  async list(principal: Principal, after: string | null, limit: number): Promise<ApprovalView[]> {
    const mayReadAll = this.authorisation.allows(principal, 'approval:read', {
      organisationIds: [],
    });
    const own = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) =>
        this.authorisation.allows(principal, 'approval:read', { organisationIds: [id] }),
      );
    const rows = await this.approvals.listOpen(
      this.database.manager,
      mayReadAll ? null : own,
      this.clock.now(),
      after,
      limit,
    );
    return rows.map(toView);
  }

  /** True for whoever may be the second person of an open proposal. */
  mayApprove(principal: Principal, approval: ApprovalView): boolean {
    const { organisationId, proposedBy, proposedRole } = approval;
    return (
      proposedBy !== principal.personId &&
      dutyOf(principal, approval, proposedRole) !== undefined &&
      this.authorisation.allows(principal, 'approval:approve', {
        organisationIds: [organisationId],
      })
    );
  }

  /** @throws ConcordatError `not_found` to whom it is not shown; `transition_not_allowed` once it is answered or lapsed. */
  async getOpen(principal: Principal, id: string): Promise<ApprovalView> {
    const approval = await this.approvals.find(this.database.manager, id);
    if (!approval) {
      throw new ConcordatError('not_found');
    }
    const organisationIds = [approval.organisationId];
    this.authorisation.require(principal, 'approval:read', { organisationIds });
    this.requireOpen(approval, 'read');
    return toView(approval);
  }

  private async insert(
    tx: Tx,
    proposed: Proposal & { readonly proposedRole: Role; readonly auditEventId: string },
  ): Promise<ProposedView> {
    const expiresAt = new Date(this.clock.now().getTime() + LAPSES_AFTER_MS);
    await this.approvals.insert(tx, {
      ...proposed,
      answeredBy: null,
      status: 'proposed',
      expiresAt,
    });
    return { approvalId: proposed.id, expiresAt: expiresAt.toISOString() };
  }

  private async answer(
    principal: Principal,
    id: string,
    operation: 'approval:approve' | 'approval:reject',
    work: (
      tx: Tx,
      approval: ApprovalEntity,
    ) => Promise<Pick<ApprovalEntity, 'status' | 'auditEventId'>>,
  ): Promise<ApprovalView> {
    return this.database.transaction(async (tx) => {
      const approval = await this.approvals.findForAnswer(tx, id);
      if (!approval) {
        throw new ConcordatError('not_found');
      }
      this.requireSecond(principal, approval, operation);
      const answered = { ...(await work(tx, approval)), answeredBy: principal.personId };
      await this.approvals.answer(tx, id, answered);
      return toView({ ...approval, ...answered });
    });
  }

  private requireSecond(
    principal: Principal,
    approval: ApprovalEntity,
    operation: 'approval:approve' | 'approval:reject',
  ): void {
    const { act, organisationId, proposedBy, proposedRole } = approval;
    this.authorisation.require(principal, operation, { organisationIds: [organisationId] });
    this.requireOpen(approval, operation);
    // The proposer may take a proposal back, but never answer for the second person.
    if (operation === 'approval:reject' && proposedBy === principal.personId) {
      return;
    }
    if (proposedBy === principal.personId) {
      throw new ConcordatError('approval_by_proposer');
    }
    if (!dutyOf(principal, approval, proposedRole)) {
      throw new ConcordatError('operation_denied', { act });
    }
  }

  private requireOpen({ status, expiresAt }: ApprovalEntity, move: string): void {
    if (status !== 'proposed' || expiresAt.getTime() <= this.clock.now().getTime()) {
      const from = status === 'proposed' ? 'lapsed' : status;
      throw new ConcordatError('transition_not_allowed', { from, move });
    }
  }

  private async requireStandingProposer(tx: Tx, approval: ApprovalEntity): Promise<void> {
    const today = londonDay(this.clock.now());
    const isOfOperator = OPERATOR_ROLES.some((role) => role === approval.proposedRole);
    if (!(await this.approvals.isProposerStanding(tx, approval, isOfOperator, today))) {
      const detail =
        'Whoever proposed it no longer holds the role. Reject it and propose it again.';
      throw new ConcordatError('conflict', { detail });
    }
  }

  private async record(
    tx: Tx,
    type: 'approval.proposed' | 'approval.rejected',
    principal: Principal,
    {
      id,
      act,
      targetId,
      organisationId,
      role,
    }: Pick<Proposal, 'id' | 'act' | 'targetId' | 'organisationId'> & {
      readonly role: Role | undefined;
    },
    reason?: string,
  ): Promise<string> {
    return this.audit.record(tx, type, {
      ...actorOn(principal, organisationId),
      ...(role === undefined ? {} : officeFields(principal, organisationId, role)),
      organisationIds: [organisationId],
      targetType: act,
      targetId,
      approvalId: id,
      reasonText: reason,
      ...(act === 'subject_erase' && { alsoAbout: [targetId] }),
    });
  }
}

// A duty of one's own comes before one that one fills as a deputy (R3.24).
function dutyOf(
  { memberships }: Principal,
  proposal: Pick<Proposal, 'act' | 'organisationId' | 'change'>,
  taken?: string,
): Role | undefined {
  const own = memberships.map((held) => ({ ...held, roles: held.ownRoles ?? held.roles }));
  return (
    dutyFor(proposal, heldRoles(own, proposal), taken) ??
    dutyFor(proposal, heldRoles(memberships, proposal), taken)
  );
}

// Roles count inside their organisation (R1.1); the operator's administrators and officers act everywhere.
function heldRoles(
  memberships: Principal['memberships'],
  { act, organisationId }: Pick<Proposal, 'act' | 'organisationId'>,
): readonly Role[] {
  return memberships.flatMap((membership) => {
    if (membership.organisationId === organisationId) {
      // To erase somebody takes an officer of the operator's (R3.10).
      const isForOperator = act === 'subject_erase' && !membership.isOperator;
      return isForOperator
        ? membership.roles.filter((role) => role !== 'ig_officer')
        : membership.roles;
    }
    return membership.isOperator
      ? membership.roles.filter((role) => OPERATOR_ROLES.includes(role))
      : [];
  });
}

function toView(approval: ApprovalEntity): ApprovalView {
  const { id, act, targetId, organisationId, change, proposedBy, proposedRole, status } = approval;
  return {
    id,
    act,
    targetId,
    organisationId,
    change,
    proposedBy,
    proposedRole,
    status,
    expiresAt: approval.expiresAt.toISOString(),
    impactUrl: act === 'guardrail_change' ? `/api/v1/approvals/${id}/impact` : null,
  };
}
