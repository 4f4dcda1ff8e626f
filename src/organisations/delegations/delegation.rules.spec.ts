import { refusalOf } from '../../../test/support/refusal-of.js';
import { checkDelegation } from './delegation.rules.js';

const TODAY = '2026-05-01';
const terms = { startsOn: TODAY, endsOn: '2026-05-31', reason: 'On leave' };
const ALLOWED = 'allowed';

describe('the dates and the reason of a delegation', () => {
  it.each([
    ['a day', { endsOn: TODAY }, ALLOWED],
    ['90 days', { endsOn: '2026-07-29' }, ALLOWED],
    ['a later start', { startsOn: '2026-05-10' }, ALLOWED],
    ['300 words', { reason: 'word '.repeat(300).trim() }, ALLOWED],
    ['a start in the past', { startsOn: '2026-04-30' }, 'input_invalid /startsOn'],
    ['an end before the start', { startsOn: '2026-06-01' }, 'input_invalid /endsOn'],
    ['91 days', { endsOn: '2026-07-30' }, 'input_invalid /endsOn'],
    ['301 words', { reason: 'word '.repeat(301).trim() }, 'input_invalid /reason'],
  ])('R3.24 %s', (_, change, refusal) => {
    const check = (): void => {
      checkDelegation({ ...terms, ...change }, TODAY);
    };
    expect(refusalOf(check)).toBe(refusal);
  });
});
