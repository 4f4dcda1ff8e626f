import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import {
  Approvals,
  type Proposal,
  type ProposedView,
} from '../../organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { Activation } from '../lifecycle/activation.js';
import {
  AgreementGate,
  agreementEvent,
  type OpenedAgreement,
} from '../lifecycle/agreement-gate.js';
import { requireNotEditor, requireSameHash, requireStepUp } from '../lifecycle/preconditions.js';
import { TermsFactsService } from '../terms/terms-facts.service.js';
import { requireComplete } from '../terms/terms.rules.js';
import { paperDigest, requireAttestable, requireLead } from './attestation.rules.js';
import { AttestationsRepository } from './attestations.repository.js';
import { Papers } from './papers.service.js';

/**
 * Agreements that were signed on paper (R3.22): the lead's signatory vouches for the paper, the lead's dpo approves, and
 * the version comes into force on its day. No sign-off is made up.
 */
@Injectable()
export class Attestations implements OnModuleInit {
  // eslint-disable-next-line max-params -- both halves of a two-person act, and all that its guards ask
  constructor(
    private readonly database: Database,
    private readonly gate: AgreementGate,
    private readonly agreements: AgreementsRepository,
    private readonly repository: AttestationsRepository,
    private readonly facts: TermsFactsService,
    private readonly papers: Papers,
    private readonly approvals: Approvals,
    private readonly activation: Activation,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.approvals.register('agreement_signed_outside', (tx, approver, proposal) =>
      this.attest(tx, approver, proposal),
    );
  }

  /** @param versionHash of what the signatory read: its document holds the paper's digest. */
  propose(principal: Principal, id: string, versionHash: string): Promise<ProposedView> {
    return this.database.transaction(async (tx) => {
      const { agreement, actor } = await this.open(tx, principal, id, 'lead_signatory');
      requireSameHash(agreement, versionHash);
      requireStepUp(principal, this.gate.now());
      return this.approvals.propose(tx, principal, {
        act: 'agreement_signed_outside',
        organisationId: actor.organisationId,
        targetId: id,
        change: { version: agreement.version, versionHash },
      });
    });
  }

  private async attest(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const { id: approvalId, targetId: id, change, proposedBy } = proposal;
    const { agreement, actor } = await this.open(tx, approver, id, 'lead_dpo');
    if (change['versionHash'] !== agreement.versionHash) {
      throw new ConcordatError('signoff_stale', { currentHash: agreement.versionHash });
    }
    await this.requireStillComplete(tx, agreement);
    const attestedAt = this.gate.now();
    const auditEventId = await this.audit.record(tx, 'agreement.attested', {
      ...agreementEvent(approver, agreement, actor),
      approvalId,
      proposedByPersonId: proposedBy,
      afterHash: agreement.versionHash ?? undefined,
      objectSha256: paperDigest(agreement.terms),
    });
    await this.repository.save(tx, agreement, {
      attestedAt,
      attestedBy: proposedBy,
      approvedBy: approver.personId,
      auditEventId,
    });
    await this.agreements.replaceItems(tx, agreement);
    const attested = await this.gate.readOpen(tx, approver, id);
    await this.activation.activateIfDue(tx, attested, attestedAt);
  }

  private async open(
    tx: Tx,
    principal: Principal,
    id: string,
    standing: 'lead_signatory' | 'lead_dpo',
  ): Promise<OpenedAgreement> {
    const agreement = await this.gate.lock(tx, principal, id);
    const opened = this.gate.judge(principal, agreement, 'attest', 'agreement:attest');
    requireLead(principal, agreement, standing);
    requireAttestable(agreement);
    requireNotEditor(principal, agreement);
    return opened;
  }

  // Between submission and approval people may have left, datasets gone, and a party joined by its own signature.
  private async requireStillComplete(tx: Tx, agreement: AgreementVersion): Promise<void> {
    const { organisationId, terms } = agreement;
    requireComplete(terms, await this.facts.gather(tx, organisationId, terms));
    await this.papers.requireUsable(tx, agreement, await this.agreements.findBase(tx, agreement));
  }
}
