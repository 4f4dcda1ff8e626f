import { isConcordatError } from '../../kernel/errors.js';
import type { AgreementVersion } from '../agreement.types.js';
import { requireNotice, type Notice } from './notice.rules.js';

const version = {
  terms: { noticeDays: 30 },
  activatedAt: new Date('2026-06-01T09:00:00Z'),
} as unknown as AgreementVersion;

function faultAt(notice: Notice, now: string): string {
  try {
    requireNotice(version, notice, new Date(now));
    return 'none';
  } catch (error) {
    return (isConcordatError(error) && error.fields.errors?.[0]?.reason) || 'another error';
  }
}

describe('notice before termination', () => {
  it.each([
    ['no day given', {}, '2026-12-01T12:00:00Z', 'is required unless urgent'],
    [
      'the day notice runs out',
      { noticeGivenOn: '2026-07-01' },
      '2026-07-31T00:00:00+01:00',
      'none',
    ],
    [
      'the instant before, in London',
      { noticeGivenOn: '2026-07-01' },
      '2026-07-30T23:59:59+01:00',
      'the notice of 30 days runs until 2026-07-31',
    ],
    [
      'notice that is still to be given',
      { noticeGivenOn: '2027-01-01' },
      '2026-12-01T12:00:00Z',
      'the notice of 30 days runs until 2027-01-31',
    ],
    [
      'notice given before there was an agreement',
      { noticeGivenOn: '2026-05-31' },
      '2026-12-01T12:00:00Z',
      'is before the agreement came into force',
    ],
    ['urgency', { isUrgent: true }, '2026-06-01T10:00:00Z', 'none'],
  ])('with %s', (_case, notice: Partial<Notice>, now, expected) => {
    expect(faultAt({ isUrgent: false, ...notice }, now)).toBe(expected);
  });
});
