import type { FieldError } from '../../kernel/errors.js';
import { isUsableOn } from '../../kernel/vocabulary.js';
import type { TermsVocabularies } from './terms-facts.js';
import type { DraftTerms } from './terms.types.js';

/** One code that terms name, where, and out of which vocabulary. */
export interface NamedCode {
  readonly pointer: string;
  readonly vocabulary: keyof TermsVocabularies;
  readonly code: string;
}

/** Every code of the dated vocabularies in these terms. */
export function codesOf(draft: DraftTerms): readonly NamedCode[] {
  return [
    ...named('purpose', '/purposes', draft.purposes),
    ...named('prohibitedUse', '/prohibitedUses', draft.prohibitedUses),
    ...named('accreditation', '/accreditations', draft.accreditations),
    ...named('training', '/trainings', draft.trainings),
    ...(draft.items ?? []).flatMap(({ dataClass }, at) =>
      one('dataClass', `/items/${String(at)}/dataClass`, dataClass),
    ),
    ...(draft.legal ?? []).flatMap((legal, at) => legalCodes(legal, `/legal/${String(at)}`)),
  ];
}

/** R2.6: the codes that are not usable on the day on which the agreement starts. */
export function checkCodes(
  draft: DraftTerms,
  vocabularies: TermsVocabularies,
  today: string,
): readonly FieldError[] {
  const day = draft.startsOn ?? today;
  return codesOf(draft)
    .filter(({ vocabulary, code }) => !isUsableOn(vocabularies[vocabulary], code, day))
    .map(({ pointer, vocabulary }) => ({
      pointer,
      reason: `is no ${vocabularies[vocabulary].vocabulary} code usable on ${day}`,
    }));
}

function legalCodes(
  legal: NonNullable<DraftTerms['legal']>[number],
  base: string,
): readonly NamedCode[] {
  return [
    ...named('lawfulBasis', `${base}/article6`, legal.article6),
    ...one('recognisedInterest', `${base}/recognisedInterest`, legal.recognisedInterest),
    ...named('specialCategory', `${base}/article9`, legal.article9),
    ...named('dpaSchedule1', `${base}/schedule1`, legal.schedule1),
    ...named('legalGateway', `${base}/gateways`, legal.gateways),
    ...one('confidentiality', `${base}/confidentiality`, legal.confidentiality),
    ...one('optOut', `${base}/optOut`, legal.optOut),
  ];
}

function named(
  vocabulary: keyof TermsVocabularies,
  base: string,
  codes: readonly string[] = [],
): readonly NamedCode[] {
  return codes.map((code, at) => ({ pointer: `${base}/${String(at)}`, vocabulary, code }));
}

function one(
  vocabulary: keyof TermsVocabularies,
  pointer: string,
  code: string | undefined,
): readonly NamedCode[] {
  return code === undefined ? [] : [{ pointer, vocabulary, code }];
}
