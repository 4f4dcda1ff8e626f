import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party, ReviewAnswer } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { PartiesRepository } from '../parties/parties.repository.js';
import { isJoining } from '../parties/party-lifecycle.rules.js';
import { requireAssessments } from '../terms/releases/assessment.rules.js';
import { amendmentKind } from '../versions/term-changes.rules.js';
import { VersionsRepository } from '../versions/versions.repository.js';
import { AgreementGate, agreementEvent, brokerEvent } from './agreement-gate.js';
import { partyOfDuty, partyWithRole } from './party-duty.js';
import { requireAnswerable, requireReason, requireSameHash } from './preconditions.js';
import { moveVersion } from './version-lifecycle.rules.js';

type SentBack = Pick<ReviewAnswer, 'reason' | 'versionHash'>;
type Move = 'return' | 'recall' | 'decline';

const MOVED = {
  return: 'agreement.returned',
  recall: 'agreement.returned',
  decline: 'agreement.declined',
} as const;

/** Review by each party's data protection officer, and every way back to a draft. */
@Injectable()
export class Reviews {
  // eslint-disable-next-line max-params -- three rows that a review moves, and a port
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly versions: VersionsRepository,
    private readonly parties: PartiesRepository,
    private readonly audit: AuditService,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Accepts for one party. The last of the founding parties locks the content: it may be signed now. */
  async accept(tx: Tx, principal: Principal, id: string, answer: ReviewAnswer): Promise<void> {
    const { partyId, versionHash } = answer;
    const agreement = await this.gate.lockByHash(tx, principal, id, versionHash);
    this.gate.permit(principal, agreement, 'accept', 'agreement:review');
    const duty = { duty: 'dpo', from: 'none', act: 'accept', partyId } as const;
    const party = partyOfDuty(principal, agreement, duty);
    requireAnswerable(agreement, party, 'accept');
    requireSameHash(agreement, versionHash);
    const auditEventId = await this.audit.record(tx, 'agreement.reviewed', {
      ...agreementEvent(principal, agreement, {
        organisationId: party.organisationId,
        role: 'dpo',
      }),
      partyId: party.id,
      afterHash: agreement.versionHash ?? undefined,
      reasonText: answer.reason,
    });
    await this.write(tx, principal, agreement, party, { ...answer, auditEventId });
    if (isJoining(party.status)) {
      await this.parties.setStatus(tx, party.id, 'reviewed', auditEventId);
    }
    const isLast = agreement.parties.every(
      ({ id: other, isFounding, answer: given }) =>
        !isFounding || other === party.id || given === 'reviewed',
    );
    if (isLast && agreement.status === 'in_review') {
      await this.lock(tx, agreement);
    }
  }

  /** Sends a version under review back to its authors, or lets them recall one that awaits signature. */
  async return(tx: Tx, principal: Principal, id: string, answer: ReviewAnswer): Promise<void> {
    const agreement = await this.gate.lock(tx, principal, id);
    const move = agreement.status === 'awaiting_signature' ? 'recall' : 'return';
    this.gate.judge(principal, agreement, move, 'agreement:review');
    const by =
      move === 'recall'
        ? drafterOf(agreement)
        : partyWithRole(principal, agreement, ['dpo', 'signatory'], answer.partyId);
    const auditEventId = await this.sendBack(tx, principal, agreement, { move, ...by }, answer);
    await this.write(tx, principal, agreement, by.party, { ...answer, auditEventId });
  }

  /** A signatory refuses to sign: the authors may change the terms, and every sign-off is void. */
  async decline(tx: Tx, principal: Principal, id: string, answer: SentBack): Promise<void> {
    const { agreement } = this.gate.judge(
      principal,
      await this.gate.lock(tx, principal, id),
      'decline',
      'agreement:sign',
    );
    // Who acceded and does not want the next version need not decline it: without its sign-off it lapses.
    const founding = agreement.parties.filter(({ isFounding }) => isFounding);
    const by = partyWithRole(principal, { ...agreement, parties: founding }, ['signatory']);
    await this.sendBack(tx, principal, agreement, { move: 'decline', ...by }, answer);
  }

  private async sendBack(
    tx: Tx,
    principal: Principal,
    agreement: AgreementVersion,
    { move, party, role }: { move: Move; party: Party; role: string },
    { reason, versionHash }: SentBack,
  ): Promise<string> {
    // Who only reads what stands need not name it: sending it back accepts nothing.
    if (versionHash !== undefined) {
      requireSameHash(agreement, versionHash);
    }
    const reasonText = requireReason(reason);
    const auditEventId = await this.audit.record(tx, MOVED[move], {
      ...agreementEvent(principal, agreement, { organisationId: party.organisationId, role }),
      partyId: party.id,
      afterHash: agreement.versionHash ?? undefined,
      reasonCodes: [move],
      reasonText,
    });
    await this.repository.thaw(tx, agreement, this.gate.now(), auditEventId);
    return auditEventId;
  }

  private async lock(tx: Tx, agreement: AgreementVersion): Promise<void> {
    requireAssessments(agreement.terms, londonDay(this.gate.now()));
    const auditEventId = await this.audit.record(tx, 'agreement.locked', {
      ...brokerEvent(agreement),
      afterHash: agreement.versionHash ?? undefined,
    });
    const status = moveVersion(agreement.status, 'lock');
    await this.repository.setStatus(tx, agreement, { status, auditEventId });
    await this.repository.replaceItems(tx, agreement);
    const base = await this.repository.findBase(tx, agreement);
    if (base) {
      await this.versions.setAmendment(tx, agreement, amendmentKind(base.terms, agreement.terms));
    }
  }

  private async write(
    tx: Tx,
    { personId }: Principal,
    agreement: AgreementVersion,
    { id: partyId }: Party,
    review: Pick<ReviewAnswer, 'decision' | 'reason'> & { readonly auditEventId: string },
  ): Promise<void> {
    await this.repository.insertReview(tx, agreement, {
      id: this.ids.next(),
      partyId,
      personId,
      decision: review.decision,
      reason: review.reason ?? null,
      reviewedAt: this.gate.now(),
      auditEventId: review.auditEventId,
    });
  }
}

function drafterOf({ parties, organisationId }: AgreementVersion): {
  readonly party: Party;
  readonly role: string;
} {
  const party = parties.find((candidate) => candidate.organisationId === organisationId);
  if (!party) {
    throw new ConcordatError('operation_denied', { act: 'recall' });
  }
  return { party, role: 'data_owner' };
}
