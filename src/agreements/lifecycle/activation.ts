import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { PolicyService } from '../../policy/policy.service.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { Vocabularies } from '../vocabularies.js';
import { participantIds } from './agreement-gate.js';
import { compilePublication } from './publication.js';
import { moveVersion } from './version-lifecycle.rules.js';

/** Puts a version in force: founders active, policy published, in the transaction of its cause. */
@Injectable()
export class Activation {
  constructor(
    private readonly repository: AgreementsRepository,
    private readonly policy: PolicyService,
    private readonly vocabularies: Vocabularies,
    private readonly audit: AuditService,
  ) {}

  /** All founding parties have signed, and the version has started and not ended. */
  isDue(agreement: AgreementVersion, now: Date): boolean {
    const { status, parties, startsAt, endsAt } = agreement;
    return (
      status === 'awaiting_signature' &&
      parties.every((party) => !party.isFounding || party.status === 'signed') &&
      startsAt !== null &&
      startsAt <= now &&
      endsAt !== null &&
      now < endsAt
    );
  }

  /** The caller holds the agreement's exclusive lock; publication takes the policy's, last in the order. */
  async activate(tx: Tx, agreement: AgreementVersion, now: Date): Promise<void> {
    const status = moveVersion(agreement.status, 'activate');
    // Frozen terms: they passed the rules at submission.
    const terms = agreement.terms as AgreementTerms;
    const event = {
      ...BROKER_ACTOR,
      organisationIds: participantIds(agreement),
      agreementId: agreement.id,
      agreementVersion: agreement.version,
      afterHash: agreement.versionHash ?? undefined,
    };
    for (const { id, isFounding } of agreement.parties) {
      if (isFounding) {
        const partyEventId = await this.audit.record(tx, 'party.activated', {
          ...event,
          partyId: id,
        });
        await this.repository.setPartyStatus(tx, id, 'active', partyEventId);
      }
    }
    const policyVersion = await this.policy.publishAgreement(
      tx,
      compilePublication(agreement, terms, this.vocabularies),
    );
    const auditEventId = await this.audit.record(tx, 'agreement.activated', {
      ...event,
      policyVersion,
    });
    await this.repository.setStatus(tx, agreement, { status, auditEventId, activatedAt: now });
  }
}
