import { Injectable } from '@nestjs/common';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { PolicyFindings, type RuleFinding } from '../../policy/analysis/policy-findings.service.js';
import type { AgreementVersion } from '../agreement.types.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { Vocabularies } from '../vocabularies.js';
import { compilePublication } from './publication.js';

/** Refuses an agreement that could not do what it says: asked at its submission and at each signature (policy section 5). */
@Injectable()
export class Effectiveness {
  constructor(
    private readonly findings: PolicyFindings,
    private readonly vocabularies: Vocabularies,
  ) {}

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
