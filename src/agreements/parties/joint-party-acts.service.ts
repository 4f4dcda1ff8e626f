import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import {
  Approvals,
  type Proposal,
  type ProposedView,
} from '../../organisations/approvals/approvals.service.js';
import type { Tx } from '../../platform/database/database.js';
import type { Exclusion } from '../agreement.types.js';
import { requireNoNotice } from '../notices/notice.rules.js';
import { Notices } from '../notices/notices.service.js';
import { PartiesRepository } from './parties.repository.js';
import { PartyGate, partyEvent, requireNotLead, type OpenedParty } from './party-gate.js';
import { PartyMoves } from './party-moves.service.js';

interface PartyKey {
  readonly agreementId: string;
  readonly partyId: string;
}

/** Acts of two people on a party (R3.10): proposed by one, carried out when the other approves. */
@Injectable()
export class JointPartyActs implements OnModuleInit {
  // eslint-disable-next-line max-params -- two ends, their notice, and what two people take
  constructor(
    private readonly gate: PartyGate,
    private readonly repository: PartiesRepository,
    private readonly approvals: Approvals,
    private readonly moves: PartyMoves,
    private readonly notices: Notices,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.approvals.register('party_resume', (tx, approver, proposal) =>
      this.resume(tx, approver, proposal),
    );
    this.approvals.register('party_exclude', (tx, approver, proposal) =>
      this.exclude(tx, approver, proposal),
    );
  }

  async proposeResume(
    tx: Tx,
    principal: Principal,
    key: PartyKey,
    reason: string,
  ): Promise<ProposedView> {
    const { agreement, party } = await this.gate.open(tx, principal, key, 'resume');
    return this.approvals.propose(tx, principal, {
      act: 'party_resume',
      organisationId: party.organisationId,
      targetId: party.id,
      // The suspension by its event: an approval of this one must not undo a later one.
      change: { agreementId: agreement.id, reason, suspension: party.auditEventId },
    });
  }

  async proposeExclude(
    tx: Tx,
    principal: Principal,
    key: PartyKey,
    { reason, urgent = false }: Exclusion,
  ): Promise<ProposedView> {
    const opened = await this.gate.open(tx, principal, key, 'exclude');
    this.requireExcludable(opened, urgent);
    return this.approvals.propose(tx, principal, {
      act: 'party_exclude',
      organisationId: opened.actor.organisationId,
      targetId: opened.party.id,
      change: {
        agreementId: opened.agreement.id,
        reason,
        urgent,
      },
    });
  }

  private async resume(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const opened = await this.gate.open(tx, approver, keyOf(proposal), 'resume');
    if (proposal.change['suspension'] !== opened.party.auditEventId) {
      throw new ConcordatError('transition_not_allowed', {
        status: 'suspended_again',
        act: 'resume',
      });
    }
    const auditEventId = await this.audit.record(tx, 'party.resumed', {
      ...partyEvent(approver, opened),
      ...agreed(proposal),
    });
    await this.repository.setStatus(tx, opened.party.id, opened.to, auditEventId);
  }

  private async exclude(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const opened = await this.gate.open(tx, approver, keyOf(proposal), 'exclude');
    const isUrgent = proposal.change['urgent'] === true;
    this.requireExcludable(opened, isUrgent);
    if (!isUrgent) {
      const reason = textOf(proposal.change['reason']);
      await this.notices.give(tx, approver, opened, { act: 'exclude', reason, approval: proposal });
      return;
    }
    const auditEventId = await this.audit.record(tx, 'party.excluded', {
      ...partyEvent(approver, opened),
      ...agreed(proposal),
    });
    await this.moves.stop(tx, opened.agreement, opened.party, { status: opened.to, auditEventId });
  }

  private requireExcludable(opened: OpenedParty, isUrgent: boolean): void {
    requireNotLead(opened);
    if (!isUrgent) {
      requireNoNotice(opened.agreement, opened.party.id);
    }
  }
}

function keyOf({ targetId, change }: Proposal): PartyKey {
  return { partyId: targetId, agreementId: textOf(change['agreementId']) };
}

function agreed({ id, proposedBy, change }: Proposal) {
  return {
    approvalId: id,
    proposedByPersonId: proposedBy,
    reasonText: textOf(change['reason']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
