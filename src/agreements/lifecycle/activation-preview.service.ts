import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { startOfDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import type { CompiledAgreementRule } from '../../policy/compile-agreement.js';
import type { AgreementVersion } from '../agreement.types.js';
import { TermsFactsService } from '../terms/terms-facts.service.js';
import { requireComplete } from '../terms/terms.rules.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { Vocabularies } from '../vocabularies.js';
import { AgreementGate, participantIds } from './agreement-gate.js';
import { compilePublication } from './publication.js';
import type { VersionStatus } from './version-lifecycle.rules.js';

/** A version, and what its activation would put in force. */
export interface PreviewedVersion {
  readonly agreementId: string;
  readonly version: number;
  readonly status: VersionStatus;
  /** Whom it concerns: its participants. */
  readonly organisationIds: readonly string[];
  /** The version that is in force or suspended, with the rules of its terms; null when there is none. */
  readonly inForce: {
    readonly version: number;
    readonly rules: readonly CompiledAgreementRule[];
  } | null;
  /** Null once it was in force: then nothing is to come. */
  readonly activation: {
    readonly startsAt: Date;
    readonly rules: readonly CompiledAgreementRule[];
  } | null;
}

const IN_FORCE: readonly VersionStatus[] = ['active', 'suspended'];
const PREPARED: readonly VersionStatus[] = ['draft', 'in_review', 'awaiting_signature'];

/** What a version that is not in force yet would change, for whoever asks before signing it. */
@Injectable()
export class ActivationPreview {
  constructor(
    private readonly database: Database,
    private readonly gate: AgreementGate,
    private readonly facts: TermsFactsService,
    private readonly vocabularies: Vocabularies,
  ) {}

  /**
   * @param version absent: the current one.
   * @throws ConcordatError `not_found` to whom it is not shown; `agreement_incomplete` (422) for a draft that is not whole.
   */
  async of(principal: Principal, id: string, version?: number): Promise<PreviewedVersion> {
    const { manager } = this.database;
    const agreement = await this.gate.read(manager, principal, id, version);
    const current =
      version === undefined ? agreement : await this.gate.read(manager, principal, id);
    return {
      agreementId: agreement.id,
      version: agreement.version,
      status: agreement.status,
      organisationIds: participantIds(agreement),
      inForce: IN_FORCE.includes(current.status)
        ? {
            version: current.version,
            rules: this.rulesOf(current, current.terms as AgreementTerms),
          }
        : null,
      activation: PREPARED.includes(agreement.status) ? await this.activationOf(agreement) : null,
    };
  }

  private async activationOf(
    agreement: AgreementVersion,
  ): Promise<NonNullable<PreviewedVersion['activation']>> {
    const terms = await this.termsOf(agreement);
    return { startsAt: startOfDay(terms.startsOn), rules: this.rulesOf(agreement, terms) };
  }

  private rulesOf(
    agreement: AgreementVersion,
    terms: AgreementTerms,
  ): readonly CompiledAgreementRule[] {
    return compilePublication(agreement, terms, this.vocabularies).rules;
  }

  // What was submitted was whole then; only a draft has yet to show it.
  private async termsOf(agreement: AgreementVersion): Promise<AgreementTerms> {
    if (agreement.status !== 'draft') {
      return agreement.terms as AgreementTerms;
    }
    const { organisationId, terms } = agreement;
    return requireComplete(
      terms,
      await this.facts.gather(this.database.manager, organisationId, terms),
    );
  }
}
