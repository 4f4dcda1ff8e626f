import { refusalOf } from '../../test/support/refusal-of.js';
import {
  checkIssue,
  moveOrganisation,
  ORGANISATION_STATUSES,
  ORGANISATION_TRANSITIONS,
  type OrganisationMove,
  type OrganisationStatus,
} from './organisation.rules.js';

const TO: Readonly<Partial<Record<`${OrganisationStatus} + ${OrganisationMove}`, string>>> = {
  'active + suspend': 'suspended',
  'suspended + resume': 'active',
  'active + close': 'closed',
  'suspended + close': 'closed',
};
const moves = Object.keys(ORGANISATION_TRANSITIONS) as OrganisationMove[];
const pairs = ORGANISATION_STATUSES.flatMap((from) =>
  moves.map((move) => ({ from, move, to: TO[`${from} + ${move}`] ?? 'refused' })),
);

describe('the life of an organisation', () => {
  it.each(pairs)('$from + $move → $to', ({ from, move, to }) => {
    const moving = (): string => moveOrganisation(from, move);
    if (to === 'refused') {
      expect(refusalOf(moving)).toBe('transition_not_allowed');
    } else {
      expect(moving()).toBe(to);
    }
  });
});

describe('the days of an organisation check', () => {
  const today = '2026-05-01';

  it.each([
    { issuedOn: today, expiresOn: '2026-05-02', result: 'allowed' },
    { issuedOn: '2020-01-01', expiresOn: '2021-01-01', result: 'allowed' },
    { issuedOn: '2026-05-02', expiresOn: '2027-05-02', result: 'input_invalid /issuedOn' },
    { issuedOn: today, expiresOn: today, result: 'input_invalid /expiresOn' },
    {
      issuedOn: '2026-05-02',
      expiresOn: '2026-01-01',
      result: 'input_invalid /issuedOn /expiresOn',
    },
  ])('$issuedOn to $expiresOn → $result', ({ result, ...days }) => {
    const check = (): void => {
      checkIssue(days, today);
    };
    expect(refusalOf(check)).toBe(result);
  });
});
