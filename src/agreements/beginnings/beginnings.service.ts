import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import { AgreementGate } from '../lifecycle/agreement-gate.js';
import { TermsFactsService } from '../terms/terms-facts.service.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { copiedTerms } from './copied-terms.rules.js';
import { Templates } from './templates.js';

/** What a new agreement starts from; at most one of them. */
export interface Beginning {
  readonly fromAgreementId?: string;
  readonly fromTemplate?: string;
}

/** The terms that a new agreement starts with, before those that its drafter gives. */
@Injectable()
export class Beginnings {
  constructor(
    private readonly gate: AgreementGate,
    private readonly facts: TermsFactsService,
    private readonly templates: Templates,
  ) {}

  /**
   * @throws ConcordatError `not_found` for an agreement that the caller may not read (law 3); `input_invalid` for a
   * template that is not offered today.
   */
  async termsFor(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { fromAgreementId, fromTemplate }: Beginning,
  ): Promise<DraftTerms> {
    if (fromAgreementId !== undefined) {
      const { terms } = await this.gate.read(tx, principal, fromAgreementId);
      return copiedTerms(terms, await this.facts.gather(tx, organisationId, terms));
    }
    return fromTemplate === undefined ? {} : this.templateTerms(fromTemplate);
  }

  private templateTerms(name: string): DraftTerms {
    const offered = this.templates.offered();
    const found = offered.find(({ template }) => template === name);
    if (!found) {
      const names = offered.map(({ template }) => template).join(', ');
      const reason = `is no template offered today: ${names}`;
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/fromTemplate', reason }] });
    }
    return found.terms;
  }
}

/**
 * Parts what a new agreement starts from, and its terms.
 * @throws ConcordatError `input_invalid` when a beginning is no text, or two are named.
 */
export function readBeginning(body: Readonly<Record<string, unknown>>): {
  readonly beginning: Beginning;
  readonly given: Readonly<Record<string, unknown>>;
} {
  const { fromAgreementId, fromTemplate, ...given } = body;
  const named = Object.entries({ fromAgreementId, fromTemplate }).filter(
    ([, value]) => value !== undefined,
  );
  const errors = named
    .filter(([, value]) => typeof value !== 'string')
    .map(([name]) => ({ pointer: `/${name}`, reason: 'must be a text' }));
  const two = named.length > 1 ? [{ pointer: '/fromTemplate', reason: 'start from one only' }] : [];
  if (errors.length > 0 || two.length > 0) {
    throw new ConcordatError('input_invalid', { errors: [...errors, ...two] });
  }
  return { beginning: Object.fromEntries(named), given };
}
