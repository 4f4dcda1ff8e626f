import { refusalOf } from '../../../test/support/refusal-of.js';
import { AwardVocabularies } from './award-vocabularies.js';
import {
  checkAward,
  checkSupervision,
  moveAccreditation,
  stateOn,
  usualExpiry,
  type AccreditationMove,
  type AccreditationState,
} from './award.rules.js';

const { accreditation, training } = new AwardVocabularies();
const today = '2026-05-01';

describe('the state of an accreditation', () => {
  it.each<{ state: AccreditationState; expiresOn: string; then: AccreditationState }>([
    { state: 'recorded', expiresOn: today, then: 'recorded' },
    { state: 'verified', expiresOn: today, then: 'verified' },
    { state: 'recorded', expiresOn: '2026-04-30', then: 'lapsed' },
    { state: 'verified', expiresOn: '2026-04-30', then: 'lapsed' },
    { state: 'withdrawn', expiresOn: '2026-04-30', then: 'withdrawn' },
  ])('$state until $expiresOn is $then (R3.25)', ({ state, expiresOn, then }) => {
    expect(stateOn({ state, expiresOn }, today)).toBe(then);
  });

  it.each<{ from: AccreditationState; move: AccreditationMove; to: string }>([
    { from: 'recorded', move: 'verify', to: 'verified' },
    { from: 'verified', move: 'verify', to: 'refused' },
    { from: 'withdrawn', move: 'verify', to: 'refused' },
    { from: 'lapsed', move: 'verify', to: 'refused' },
    { from: 'recorded', move: 'withdraw', to: 'withdrawn' },
    { from: 'verified', move: 'withdraw', to: 'withdrawn' },
    { from: 'withdrawn', move: 'withdraw', to: 'refused' },
    { from: 'lapsed', move: 'withdraw', to: 'refused' },
  ])('$from + $move → $to', ({ from, move, to }) => {
    const moving = (): string => moveAccreditation(from, move);
    if (to === 'refused') {
      expect(refusalOf(moving)).toBe('transition_not_allowed');
    } else {
      expect(moving()).toBe(to);
    }
  });
});

describe('an award', () => {
  it('lasts as long as its vocabulary says', () => {
    expect(usualExpiry(accreditation, 'dea_full', '2024-02-29')).toBe('2029-02-28');
    expect(usualExpiry(training, 'safe_researcher_training', '2026-03-01')).toBe('2029-03-01');
  });

  it.each([
    { code: 'dea_full', awardedOn: today, expiresOn: '2031-05-01', result: 'allowed' },
    { code: 'dea_full', awardedOn: '2020-01-01', expiresOn: '2025-01-01', result: 'allowed' },
    {
      code: 'dea_full',
      awardedOn: today,
      expiresOn: '2031-05-02',
      result: 'input_invalid /expiresOn',
    },
    {
      code: 'dea_provisional',
      awardedOn: today,
      expiresOn: '2029-05-02',
      result: 'input_invalid /expiresOn',
    },
    {
      code: 'dea_full',
      awardedOn: '2026-05-02',
      expiresOn: '2027-01-01',
      result: 'input_invalid /awardedOn',
    },
    { code: 'dea_full', awardedOn: today, expiresOn: today, result: 'input_invalid /expiresOn' },
    { code: 'made_up', awardedOn: today, expiresOn: '2027-01-01', result: 'input_invalid /scheme' },
  ])('$code from $awardedOn to $expiresOn → $result', ({ result, ...award }) => {
    const check = (): void => {
      checkAward(accreditation, award, today, 'scheme');
    };
    expect(refusalOf(check)).toBe(result);
  });

  it.each([
    { scheme: 'dea_full', supervisor: undefined, result: 'allowed' },
    { scheme: 'dea_full', supervisor: 'other', result: 'input_invalid /supervisorId' },
    { scheme: 'dea_provisional', supervisor: undefined, result: 'input_invalid /supervisorId' },
    { scheme: 'dea_provisional', supervisor: 'other', result: 'allowed' },
    { scheme: 'dea_provisional', supervisor: 'self', result: 'input_invalid /supervisorId' },
  ])('$scheme supervised by $supervisor → $result', ({ scheme, supervisor, result }) => {
    const check = (): void => {
      checkSupervision(scheme, 'self', supervisor);
    };
    expect(refusalOf(check)).toBe(result);
  });
});
