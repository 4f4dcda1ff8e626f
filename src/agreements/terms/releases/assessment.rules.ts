import { canonicalDigest, type Json } from '../../../kernel/canonical-json.js';
import { ConcordatError } from '../../../kernel/errors.js';
import type { DraftItem, DraftTerms } from '../terms.types.js';

/** The digest of a view's or an aggregate's rules: what an assessment is bound to. */
export function rulesDigest(rules: object): string {
  return canonicalDigest(rules as Json);
}

/**
 * Every view has a passed assessment of exactly this view, which is not past its review (privacy.md V2.8).
 * @throws ConcordatError `assessment_required` (409), one pointer each.
 */
export function requireAssessments({ items = [] }: DraftTerms, today: string): void {
  const errors = items.flatMap(({ release, view, assessment }, at) => {
    const reason =
      release === 'view' && view !== undefined
        ? assessmentFault(view, assessment, today)
        : undefined;
    return reason === undefined ? [] : [{ pointer: `/items/${String(at)}/assessment`, reason }];
  });
  if (errors.length > 0) {
    throw new ConcordatError('assessment_required', { errors });
  }
}

function assessmentFault(
  view: object,
  assessment: DraftItem['assessment'],
  today: string,
): string | undefined {
  const { viewDigest: digest, assessedBy, assessedOn, result, reviewBy } = assessment ?? {};
  if (assessedBy === undefined || assessedOn === undefined || reviewBy === undefined) {
    return 'is required: who assessed the view, when, and by when it is reviewed';
  }
  const rules: readonly (readonly [boolean, string])[] = [
    [result === 'passed', 'must be passed'],
    [digest === rulesDigest(view), `must be of this view, whose digest is ${rulesDigest(view)}`],
    [assessedOn <= today, 'is of a day to come'],
    [reviewBy >= today, 'is past its review'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}
