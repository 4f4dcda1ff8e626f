import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import {
  Approvals,
  type Proposal,
  type ProposedView,
} from '../../organisations/approvals/approvals.service.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Termination } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { requireNoNotice } from '../notices/notice.rules.js';
import { Notices } from '../notices/notices.service.js';
import { lastDayOverdueOn } from '../review-dates/review-date.rules.js';
import { ReviewDatesRepository } from '../review-dates/review-dates.repository.js';
import { AgreementGate, agreementEvent, type OpenedAgreement } from './agreement-gate.js';
import { Stopping } from './stopping.service.js';
import { VERSION_TRANSITIONS, type VersionStatus } from './version-lifecycle.rules.js';

/** Acts of two people on a version (R3.10): proposed by one, carried out when the other approves. */
@Injectable()
export class JointActs implements OnModuleInit {
  // eslint-disable-next-line max-params -- two rows, the other act, and what every act needs
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly reviewDates: ReviewDatesRepository,
    private readonly approvals: Approvals,
    private readonly stopping: Stopping,
    private readonly notices: Notices,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.approvals.register('agreement_resume', (tx, approver, proposal) =>
      this.resume(tx, approver, proposal),
    );
    this.approvals.register('agreement_terminate', (tx, approver, proposal) =>
      this.terminate(tx, approver, proposal),
    );
  }

  async proposeResume(
    tx: Tx,
    principal: Principal,
    id: string,
    reason: string,
  ): Promise<ProposedView> {
    const { agreement } = this.gate.judge(
      principal,
      await this.gate.lockVersion(tx, principal, id),
      'resume',
      'agreement:resume',
    );
    // The suspension by its event: an approval of this one must not undo a later one.
    const change = { reason, version: agreement.version, suspension: agreement.auditEventId };
    return this.propose(tx, principal, agreement, 'agreement_resume', change);
  }

  /** A version in force needs a second person; one that never was is given up at once (`null`). */
  async endOrPropose(
    tx: Tx,
    principal: Principal,
    id: string,
    { reason, urgent = false, version }: Termination,
  ): Promise<ProposedView | null> {
    const agreement = await this.gate.lockVersion(tx, principal, id, version);
    const beforeForce: readonly VersionStatus[] = VERSION_TRANSITIONS.abandon.from;
    if (beforeForce.includes(agreement.status)) {
      const opened = this.gate.judge(principal, agreement, 'abandon', 'agreement:terminate');
      await this.stopping.abandon(tx, principal, opened, reason);
      return null;
    }
    this.gate.judge(principal, agreement, 'terminate', 'agreement:terminate');
    if (!urgent) {
      requireNoNotice(agreement, null);
    }
    const change = { reason, urgent, version: agreement.version };
    return this.propose(tx, principal, agreement, 'agreement_terminate', change);
  }

  private async resume(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const { agreement, actor, to } = await this.reopen(tx, approver, proposal, 'resume');
    const { reason, suspension } = proposal.change;
    const status = await this.findStop(tx, agreement, suspension);
    if (status !== undefined) {
      throw new ConcordatError('transition_not_allowed', { status, act: 'resume' });
    }
    const auditEventId = await this.audit.record(tx, 'agreement.resumed', {
      ...agreementEvent(approver, agreement, actor),
      reasonText: textOf(reason),
      approvalId: proposal.id,
      proposedByPersonId: proposal.proposedBy,
    });
    await this.repository.setStatus(tx, agreement, { status: to, auditEventId });
  }

  // What would stop the version again at once, or the approval did not mean.
  private async findStop(
    tx: Tx,
    agreement: AgreementVersion,
    suspension: unknown,
  ): Promise<string | undefined> {
    const now = this.gate.now();
    if (agreement.endsAt !== null && agreement.endsAt <= now) {
      return 'expired';
    }
    if (suspension !== agreement.auditEventId) {
      return 'suspended_again';
    }
    const lastDay = lastDayOverdueOn(londonDay(now));
    return (await this.reviewDates.isOverdue(tx, agreement, lastDay))
      ? 'review_overdue'
      : undefined;
  }

  private async terminate(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const opened = await this.reopen(tx, approver, proposal, 'terminate');
    const reason = textOf(proposal.change['reason']);
    if (proposal.change['urgent'] === true) {
      await this.stopping.terminate(tx, approver, opened, { reason, approval: proposal });
    } else {
      const act = 'terminate';
      await this.notices.give(tx, approver, opened, { act, reason, approval: proposal });
    }
  }

  // Every guard again, now for the second person and on what the agreement has become meanwhile.
  private async reopen(
    tx: Tx,
    approver: Principal,
    { targetId, change }: Proposal,
    act: 'resume' | 'terminate',
  ): Promise<OpenedAgreement> {
    const agreement = await this.gate.lockVersion(tx, approver, targetId);
    const opened = this.gate.judge(approver, agreement, act, `agreement:${act}`);
    if (change['version'] !== agreement.version) {
      throw new ConcordatError('transition_not_allowed', { version: agreement.version, act });
    }
    return opened;
  }

  private propose(
    tx: Tx,
    principal: Principal,
    agreement: AgreementVersion,
    act: 'agreement_resume' | 'agreement_terminate',
    change: Proposal['change'],
  ): Promise<ProposedView> {
    const lead = agreement.parties.find(({ isLead }) => isLead);
    const organisationId = lead?.organisationId ?? agreement.organisationId;
    return this.approvals.propose(tx, principal, {
      act,
      organisationId,
      targetId: agreement.id,
      change,
    });
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
