import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Principal } from '../../identity/principal.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import type { Notice } from '../notices/notice.rules.js';
import { NoticesRepository } from '../notices/notices.repository.js';
import { PartiesRepository } from '../parties/parties.repository.js';
import { Abandonment } from './abandonment.service.js';
import {
  AgreementGate,
  agreementEvent,
  brokerEvent,
  type OpenedAgreement,
} from './agreement-gate.js';
import { isReviewOverdue } from './as-of.rules.js';
import { moveVersion } from './version-lifecycle.rules.js';

/** Why two people end a version, and who of them spoke first (R3.10). */
interface AgreedEnd {
  readonly reason: string;
  readonly approval: { readonly id: string; readonly proposedBy: string };
}

/** Takes a version out of force: every grant under it ends in the same transaction (law 1). */
@Injectable()
export class Stopping {
  // eslint-disable-next-line max-params -- three rows that end, what rests on them, and their events
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly parties: PartiesRepository,
    private readonly notices: NoticesRepository,
    private readonly abandonment: Abandonment,
    private readonly cascade: Cascade,
    private readonly audit: AuditService,
  ) {}

  /** One person is enough to stop access (R3.10). */
  async suspend(tx: Tx, principal: Principal, id: string, reason: string): Promise<void> {
    const { agreement, actor, to } = this.gate.judge(
      principal,
      await this.gate.lockVersion(tx, principal, id),
      'suspend',
      'agreement:suspend',
    );
    const auditEventId = await this.audit.record(tx, 'agreement.suspended', {
      ...agreementEvent(principal, agreement, actor),
      reasonText: reason,
    });
    await this.repository.setStatus(tx, agreement, { status: to, auditEventId });
    await this.stop(tx, agreement);
  }

  /** At once, without notice. @param opened judged and locked by the caller, which saw to the second person. */
  async terminate(
    tx: Tx,
    principal: Principal,
    { agreement, actor }: OpenedAgreement,
    { reason, approval }: AgreedEnd,
  ): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'agreement.terminated', {
      ...agreementEvent(principal, agreement, actor),
      approvalId: approval.id,
      proposedByPersonId: approval.proposedBy,
      reasonCodes: ['urgent'],
      reasonText: reason,
    });
    await this.end(tx, agreement, auditEventId);
  }

  /** Notice has run. The caller holds the agreement's lock. */
  async endByNotice(
    tx: Tx,
    agreement: AgreementVersion,
    { reason, approvalId, proposedBy, givenBy }: Notice,
  ): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'agreement.terminated', {
      ...brokerEvent(agreement),
      approvalId: approvalId ?? undefined,
      proposedByPersonId: proposedBy ?? undefined,
      reasonCodes: ['notice_given'],
      reasonText: reason,
      wordsOf: proposedBy ?? givenBy,
    });
    await this.end(tx, agreement, auditEventId);
  }

  /** Gives up a version that was never in force: nothing rests on it. */
  async abandon(
    tx: Tx,
    principal: Principal,
    opened: OpenedAgreement,
    reason: string,
  ): Promise<void> {
    const { agreement, actor, to } = opened;
    const auditEventId = await this.audit.record(tx, 'agreement.terminated', {
      ...agreementEvent(principal, agreement, actor),
      reasonCodes: ['not_concluded'],
      reasonText: reason,
    });
    const endedAt = this.gate.now();
    await this.repository.setStatus(tx, agreement, { status: to, auditEventId, endedAt });
    await this.parties.deleteNewcomers(tx, agreement);
  }

  /** The end instant has come. The caller holds the agreement's lock. */
  async expire(tx: Tx, agreement: AgreementVersion): Promise<void> {
    const status = moveVersion(agreement.status, 'expire');
    const auditEventId = await this.audit.record(tx, 'agreement.expired', brokerEvent(agreement));
    const endedAt = this.gate.now();
    await this.repository.setStatus(tx, agreement, { status, auditEventId, endedAt });
    await this.notices.settle(tx, agreement.id, null, auditEventId);
    await this.stop(tx, agreement);
    if (agreement.status === 'suspended' || isReviewOverdue(agreement, endedAt)) {
      await this.abandonment.giveUpNext(tx, agreement);
    }
  }

  private async end(tx: Tx, agreement: AgreementVersion, auditEventId: string): Promise<void> {
    const status = moveVersion(agreement.status, 'terminate');
    const endedAt = this.gate.now();
    await this.repository.setStatus(tx, agreement, { status, auditEventId, endedAt });
    await this.notices.settle(tx, agreement.id, null, auditEventId);
    await this.stop(tx, agreement);
    // Signatures gathered for the next version were for an agreement that goes on; whoever wants one still renews it.
    await this.abandonment.giveUpNext(tx, agreement);
  }

  private async stop(tx: Tx, { id, version }: AgreementVersion): Promise<void> {
    await this.cascade.apply(tx, { code: 'version_stopped', agreementId: id, version });
  }
}
