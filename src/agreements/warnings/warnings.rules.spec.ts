import {
  exampleFacts,
  exampleTerms,
  PROVIDER,
  RECIPIENT,
} from '../../../test/support/agreement-terms.js';
import { legalTerms, personalTerms } from '../../../test/support/personal-terms.js';
import type { Vocabulary } from '../../kernel/vocabulary.js';
import type { TermsVocabularies } from '../terms/terms-facts.js';
import {
  endedCodes,
  endedCodeWarnings,
  publicTaskWarnings,
  relatedPurposes,
} from './warnings.rules.js';

const { vocabularies } = exampleFacts();

function ending(code: string, effectiveTo: string): TermsVocabularies {
  const { purpose } = vocabularies;
  const terms = purpose.terms.map((term) => (term.code === code ? { ...term, effectiveTo } : term));
  return { ...vocabularies, purpose: { ...purpose, terms } };
}

describe('warnings', () => {
  it.each<[string, string[], boolean, string[]]>([
    ['a public authority citing 6-1-ea', ['6-1-e', '6-1-ea'], true, ['/legal/0/article6/1']],
    ['a public authority citing its task', ['6-1-e'], true, []],
    ['a company citing 6-1-ea', ['6-1-ea'], false, []],
  ])('say use_public_task of %s (R2.5): %#', (_what, article6, isAuthority, pointers) => {
    const publicAuthorityIds = new Set(isAuthority ? [PROVIDER.id] : [RECIPIENT.id]);
    const legal = [legalTerms(PROVIDER.id, { article6 })];
    const warnings = publicTaskWarnings(personalTerms({ legal }), { publicAuthorityIds });
    expect(warnings.map(({ code, pointer }) => [code, pointer])).toEqual(
      pointers.map((pointer) => ['use_public_task', pointer]),
    );
  });

  it.each([
    ['2026-06-30', 0],
    ['2026-07-01', 1],
  ])('on %s count %i codes that have ended (R2.8)', (today, count) => {
    const [code = ''] = exampleTerms().purposes;
    const ended = endedCodes(exampleTerms(), ending(code, '2026-07-01'), today);
    expect(ended).toHaveLength(count);
    const warnings = endedCodeWarnings(exampleTerms(), ending(code, '2026-07-01'), today);
    expect(warnings.map(({ pointer }) => pointer)).toEqual(Array(count).fill('/purposes/0'));
  });

  it('relate a purpose to what is broader and what is narrower, and to no sibling', () => {
    const term = (code: string, broader: string[]) => ({
      code,
      label: code,
      effectiveFrom: '2026-01-01',
      effectiveTo: null,
      broader,
    });
    const tree: Vocabulary = {
      vocabulary: 'purpose',
      edition: '2026-01-01',
      terms: [term('all', []), term('mid', ['all']), term('low', ['mid']), term('side', ['all'])],
    };
    expect(relatedPurposes(tree, ['mid'])).toEqual(['all', 'mid', 'low']);
    expect(relatedPurposes(tree, ['low'])).toEqual(['all', 'mid', 'low']);
    expect(relatedPurposes(tree, [])).toEqual([]);
  });
});
