import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { PolicyService } from '../../policy/policy.service.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { NoticesRepository } from '../notices/notices.repository.js';
import { PartyMoves } from '../parties/party-moves.service.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { AmendmentNotice } from '../versions/amendment-notice.js';
import { Supersession } from '../versions/supersession.service.js';
import { Vocabularies } from '../vocabularies.js';
import { isDue } from './activation.rules.js';
import { brokerEvent } from './agreement-gate.js';
import { compilePublication } from './publication.js';
import { moveVersion } from './version-lifecycle.rules.js';

/** Puts a version in force: its parties active, the version before it superseded, policy published, in one transaction. */
@Injectable()
export class Activation {
  // eslint-disable-next-line max-params -- what changes, in the order in which it does
  constructor(
    private readonly repository: AgreementsRepository,
    private readonly supersession: Supersession,
    private readonly parties: PartyMoves,
    private readonly policy: PolicyService,
    private readonly vocabularies: Vocabularies,
    private readonly notice: AmendmentNotice,
    private readonly notices: NoticesRepository,
    private readonly audit: AuditService,
  ) {}

  /** The caller holds the agreement's exclusive lock. @returns false when the version is not due, and nothing changed. */
  async activateIfDue(tx: Tx, agreement: AgreementVersion, now: Date): Promise<boolean> {
    const base = await this.repository.findBase(tx, agreement);
    if (!isDue(agreement, base, now)) {
      return false;
    }
    const status = moveVersion(agreement.status, 'activate');
    if (base) {
      await this.supersession.leave(tx, base, now);
    }
    const lapsed = await this.parties.enter(tx, agreement, base);
    if (base) {
      await this.supersession.judgeGrants(tx, base, agreement, lapsed);
    }
    const policyVersion = await this.publish(tx, agreement);
    const auditEventId = await this.audit.record(tx, 'agreement.activated', {
      ...brokerEvent(agreement),
      reasonCodes: agreement.amendment === null ? [] : [agreement.amendment],
      afterHash: agreement.versionHash ?? undefined,
      policyVersion,
    });
    await this.repository.setStatus(tx, agreement, { status, auditEventId, activatedAt: now });
    await this.notices.shorten(tx, agreement);
    await this.notice.tell(tx, agreement);
    return true;
  }

  /**
   * Publishes a version's rules for those who are its recipients now. Takes the policy's lock: last in the order, and held
   * until COMMIT.
   */
  async publish(tx: Tx, { id, version }: AgreementVersion): Promise<number> {
    const agreement = await this.repository.find(tx, id, version);
    if (!agreement) {
      throw new Error('The version to publish is not there');
    }
    // Frozen terms: they passed the rules at submission.
    const terms = agreement.terms as AgreementTerms;
    return this.policy.publishAgreement(
      tx,
      compilePublication(agreement, terms, this.vocabularies),
    );
  }
}
