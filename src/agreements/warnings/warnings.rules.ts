import { findTerm, withNarrower, type Vocabulary } from '../../kernel/vocabulary.js';
import { codesOf, type NamedCode } from '../terms/terms-codes.js';
import type { TermsFacts, TermsVocabularies } from '../terms/terms-facts.js';
import type { DraftTerms } from '../terms/terms.types.js';

/** What does not stop an agreement and its authors should know. */
export interface Warning {
  readonly code: 'use_public_task' | 'term_ended' | 'overlaps';
  readonly pointer: string;
  readonly detail: string;
  /** Of `overlaps`: the other agreement. */
  readonly agreementId?: string;
}

/** R2.5: UK GDPR Art 6(1) keeps `6-1-ea` from a public authority that performs its own task. */
export function publicTaskWarnings(
  { legal = [] }: DraftTerms,
  { publicAuthorityIds }: Pick<TermsFacts, 'publicAuthorityIds'>,
): readonly Warning[] {
  return legal.flatMap(({ organisationId, article6 = [] }, at) => {
    const place = article6.indexOf('6-1-ea');
    const isAuthority = organisationId !== undefined && publicAuthorityIds.has(organisationId);
    return place === -1 || !isAuthority
      ? []
      : [
          {
            code: 'use_public_task',
            pointer: `/legal/${String(at)}/article6/${String(place)}`,
            detail: 'A public authority cites 6-1-e for its own task, not 6-1-ea.',
          },
        ];
  });
}

/** The codes of these terms that have ended by this day (R2.8). */
export function endedCodes(
  draft: DraftTerms,
  vocabularies: TermsVocabularies,
  today: string,
): readonly (NamedCode & { readonly endedOn: string })[] {
  return codesOf(draft).flatMap((named) => {
    const endedOn = findTerm(vocabularies[named.vocabulary], named.code)?.effectiveTo;
    return typeof endedOn === 'string' && endedOn <= today ? [{ ...named, endedOn }] : [];
  });
}

export function endedCodeWarnings(
  draft: DraftTerms,
  vocabularies: TermsVocabularies,
  today: string,
): readonly Warning[] {
  return endedCodes(draft, vocabularies, today).map(({ pointer, code, endedOn }) => ({
    code: 'term_ended',
    pointer,
    detail: `${code} is not in use since ${endedOn}: review the agreement.`,
  }));
}

/** Every purpose that means one of these, or part of it, or more than it. */
export function relatedPurposes(
  vocabulary: Vocabulary,
  purposes: readonly string[],
): readonly string[] {
  const within = withNarrower(vocabulary, purposes);
  return vocabulary.terms
    .map(({ code }) => code)
    .filter(
      (code) =>
        within.includes(code) ||
        withNarrower(vocabulary, [code]).some((narrower) => purposes.includes(narrower)),
    );
}
