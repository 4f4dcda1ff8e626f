import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Principal } from '../identity/principal.js';

import { ConcordatError, isConcordatError, type FieldError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { endOfDay, londonDay, startOfDay } from '../kernel/london-day.js';
import type { Database, Tx } from '../platform/database/database.js';
import type { AgreementVersion } from './agreement.types.js';
import { AgreementsRepository } from './agreements.repository.js';
import { AgreementGate, agreementEvent } from './lifecycle/agreement-gate.js';
import { Effectiveness } from './lifecycle/effectiveness.service.js';
import { findBusy } from './parties/party-duties.rules.js';
import { requireReviewAhead } from './review-dates/review-date.rules.js';
import { Papers } from './signed-outside/papers.service.js';
import { TermsFactsService } from './terms/terms-facts.service.js';
import { requireComplete } from './terms/terms.rules.js';
import type { AgreementTerms } from './terms/terms.types.js';
import { requireAssessments } from './terms/releases/assessment.rules.js';
import { RenewalGuards } from './versions/renewal-guards.js';
import { amendmentKind } from './versions/term-changes.rules.js';
import { VersionsRepository } from './versions/versions.repository.js';
import { versionDocument } from './version-document.js';
import { Vocabularies } from './vocabularies.js';

/** Submission: the whole of section 2 is judged, and the content is frozen for review. */
@Injectable()
export class Submission {
  // eslint-disable-next-line max-params -- the id factory is a port, and every party row needs an id
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: AgreementsRepository,
    private readonly versions: VersionsRepository,
    private readonly guards: RenewalGuards,
    private readonly facts: TermsFactsService,
    private readonly papers: Papers,
    private readonly effectiveness: Effectiveness,
    private readonly vocabularies: Vocabularies,
    private readonly audit: AuditService,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** What the terms of a draft still lack: all faults at once, and none when it could be submitted. */
  async faults(
    manager: Database['manager'],
    agreement: AgreementVersion,
  ): Promise<readonly FieldError[]> {
    const facts = await this.facts.gather(manager, agreement.organisationId, agreement.terms);
    try {
      requireComplete(agreement.terms, facts);
      return [];
    } catch (error) {
      if (isConcordatError(error, 'agreement_incomplete')) {
        return error.fields.errors ?? [];
      }
      throw error;
    }
  }

  /**
   * @throws ConcordatError `precondition_failed` (412) when the draft is no longer the one that was read;
   * `agreement_incomplete` (422) with every fault at once (R2.3).
   */
  async submit(tx: Tx, principal: Principal, id: string, ifMatch: string): Promise<void> {
    const { agreement } = this.gate.judge(
      principal,
      await this.gate.lock(tx, principal, id),
      'submit',
      'agreement:submit',
      ifMatch,
    );
    const { organisationId } = agreement;
    const terms = requireComplete(
      agreement.terms,
      await this.facts.gather(tx, organisationId, agreement.terms),
    );
    requireFreeOfAcceded(terms, agreement);
    const submittedAt = this.gate.now();
    const today = londonDay(submittedAt);
    requireAssessments(terms, today);
    const base = await this.repository.findBase(tx, agreement);
    requireReviewAhead(terms, base, today);
    await this.papers.requireUsable(tx, agreement, base);
    if (base) {
      await this.guards.requireFreeToEnd(tx, base, terms);
    }
    // Found out here, not when the last party has signed: terms too long for a condition, or that let nobody in.
    this.effectiveness.require(agreement, terms);
    const parties = terms.parties.map((party) => ({ ...party, id: this.ids.next() }));
    const frozen = versionDocument(
      { agreementId: id, reference: agreement.reference, version: agreement.version },
      terms,
      this.vocabularies.editions(),
    );
    const organisationIds = parties.map((party) => party.organisationId);
    const auditEventId = await this.audit.record(tx, 'agreement.submitted', {
      ...agreementEvent(principal, agreement, { organisationId, role: 'data_owner' }),
      organisationIds,
      afterHash: frozen.hash,
    });
    await this.repository.freeze(tx, agreement, {
      status: terms.signing === 'signed_outside' ? 'draft' : 'in_review',
      document: frozen.text,
      versionHash: frozen.hash,
      startsAt: startOfDay(terms.startsOn),
      endsAt: endOfDay(terms.endsOn),
      submittedAt,
      auditEventId,
    });
    await this.repository.replaceParties(tx, id, parties, auditEventId);
    if (base && terms.signing === 'signed_outside') {
      // No review locks it: what it changes is known now.
      await this.versions.setAmendment(tx, agreement, amendmentKind(base.terms, terms));
    }
  }
}

// The rules of the terms see those that they name; who acceded stands beside them.
function requireFreeOfAcceded(terms: AgreementTerms, { parties }: AgreementVersion): void {
  const named = new Set(terms.parties.map(({ organisationId }) => organisationId));
  const acceded = parties.filter(
    ({ organisationId, isFounding }) => !isFounding && !named.has(organisationId),
  );
  const errors = terms.parties.flatMap((party, at) =>
    findBusy(party, `/parties/${String(at)}`, acceded),
  );
  if (errors.length > 0) {
    throw new ConcordatError('agreement_incomplete', { errors });
  }
}
