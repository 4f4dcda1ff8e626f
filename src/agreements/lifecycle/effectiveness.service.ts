import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { CompiledAgreementRule } from '../../policy/compile-agreement.js';
import { PolicyFindings, type RuleFinding } from '../../policy/analysis/policy-findings.service.js';
import type { AgreementVersion } from '../agreement.types.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { Vocabularies } from '../vocabularies.js';
import { TermsFactsService } from '../terms/terms-facts.service.js';
import { requireComplete } from '../terms/terms.rules.js';
import { AgreementGate } from './agreement-gate.js';
import { compilePublication } from './publication.js';

/** Refuses an agreement that could not do what it says: asked at its submission and at each signature (policy section 5). */
@Injectable()
export class Effectiveness {
  constructor(
    private readonly database: Database,
    private readonly gate: AgreementGate,
    private readonly facts: TermsFactsService,
    private readonly findings: PolicyFindings,
    private readonly vocabularies: Vocabularies,
  ) {}

  /**
   * The rules that the version being prepared, else the current one, would come into force with.
   * @throws ConcordatError `not_found` to whom it is not shown; `agreement_incomplete` (422) while it is.
   */
  async rulesOf(principal: Principal, id: string): Promise<readonly CompiledAgreementRule[]> {
    const { manager } = this.database;
    const agreement = await this.gate.readOpen(manager, principal, id);
    const terms = await this.termsOf(manager, agreement);
    return compilePublication(agreement, terms, this.vocabularies).rules;
  }

  // What was locked had passed its rules, and who may have left since does not change what it says.
  private async termsOf(
    manager: Database['manager'],
    { organisationId, document, terms }: AgreementVersion,
  ): Promise<AgreementTerms> {
    if (document !== null) {
      return terms as AgreementTerms;
    }
    return requireComplete(terms, await this.facts.gather(manager, organisationId, terms));
  }

  /**
   * @throws ConcordatError `agreement_ineffective` (422) with one pointer for each item and action that nobody would get;
   * `condition_invalid` or `condition_unanalysable` for terms that make too much of a condition.
   */
  require(agreement: AgreementVersion, terms: AgreementTerms): void {
    const { rules } = compilePublication(agreement, terms, this.vocabularies);
    const errors = this.findings.of(rules).map((found) => fault(found, terms));
    if (errors.length > 0) {
      throw new ConcordatError('agreement_ineffective', { errors });
    }
  }
}

function fault(
  { datasetId, action, finding, guardrails }: RuleFinding,
  { items = [] }: AgreementTerms,
): FieldError {
  const at = items.findIndex((item) => item.datasetId === datasetId);
  const pointer = `/items/${String(at)}`;
  if (finding === 'unreachable') {
    return { pointer, reason: `no request can satisfy the terms for ${action}` };
  }
  // Which rule of a dataset's owner it is, the other parties need not know.
  const by =
    guardrails.length > 0 ? `guardrail ${guardrails.join(', ')}` : 'other rules of the dataset';
  return { pointer, reason: `every ${action} that the terms allow is denied by ${by}` };
}
