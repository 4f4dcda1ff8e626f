import { agreementTag } from './agreement-words.js';

const NOW = new Date('2026-11-24T12:00:00Z');
const PAST = new Date('2026-11-24T12:00:00Z');
const FUTURE = new Date('2026-11-24T12:00:00.001Z');

describe('the tag of an agreement', () => {
  it.each([
    ['draft', null, 'Draft'],
    ['in_review', FUTURE, 'Under review'],
    ['awaiting_signature', FUTURE, 'Unsigned'],
    ['active', FUTURE, 'Active'],
    ['active', PAST, 'Expired'],
    ['suspended', FUTURE, 'Suspended'],
    ['suspended', PAST, 'Expired'],
    ['terminated', PAST, 'Terminated'],
    ['superseded', PAST, 'Superseded'],
    ['a_new_status', null, 'a new status'],
  ])('of an agreement that is %s, ending %s, says "%s" (R3.25)', (status, endsAt, text) => {
    expect(agreementTag(status, endsAt, NOW).text).toBe(text);
  });
});
