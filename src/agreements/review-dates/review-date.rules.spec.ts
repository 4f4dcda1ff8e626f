import { refusalOf } from '../../../test/support/refusal-of.js';
import { lastDayOverdueOn, requireNextReview } from './review-date.rules.js';

describe('the next review', () => {
  it.each([
    ['tomorrow', '2026-05-02', 'allowed'],
    ['12 months on', '2027-05-01', 'allowed'],
    ['the last day of the agreement', '2027-05-01', 'allowed'],
    ['none', undefined, 'input_invalid /nextReviewOn'],
    ['today', '2026-05-01', 'input_invalid /nextReviewOn'],
    ['more than 12 months on', '2027-05-02', 'input_invalid /nextReviewOn'],
  ])('R3.18 %s', (_, nextReviewOn, refusal) => {
    const check = (): unknown =>
      requireNextReview(nextReviewOn, { today: '2026-05-01', endsOn: '2028-01-01' });
    expect(refusalOf(check)).toBe(refusal);
  });

  it('R3.18 is not after the end of the agreement', () => {
    const dates = { today: '2026-05-01', endsOn: '2026-06-30' };
    expect(refusalOf(() => requireNextReview('2026-06-30', dates))).toBe('allowed');
    expect(refusalOf(() => requireNextReview('2026-07-01', dates))).toBe(
      'input_invalid /nextReviewOn',
    );
  });
});

it('R3.19 a review is overdue for 30 days on the 30th day after its own', () => {
  expect(lastDayOverdueOn('2026-12-31')).toBe('2026-12-01');
});
