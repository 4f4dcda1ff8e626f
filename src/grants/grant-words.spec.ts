import { grantTag } from './grant-words.js';

const NOW = new Date('2026-11-24T12:00:00Z');
const PAST = new Date('2026-11-24T12:00:00Z');
const FUTURE = new Date('2026-11-24T12:00:00.001Z');

describe('the tag of a grant', () => {
  it.each([
    ['issued', FUTURE, 'Unused'],
    ['active', FUTURE, 'Active'],
    ['active', PAST, 'Expired'],
    ['issued', PAST, 'Expired'],
    ['revoked', PAST, 'Revoked'],
    ['exhausted', FUTURE, 'Used up'],
  ])('of a grant that is %s, ending %s, says "%s" (R3.25)', (status, endsAt, text) => {
    expect(grantTag(status, endsAt, NOW).text).toBe(text);
  });
});
