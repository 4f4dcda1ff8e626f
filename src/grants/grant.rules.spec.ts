import fc from 'fast-check';
import { accessFacts, factsUnder } from '../../test/support/access-facts.js';
import { addDays, endOfDay } from '../kernel/london-day.js';
import {
  GRANT_STATUSES,
  GRANT_TRANSITIONS,
  grantExpiry,
  lackingAfter,
  missing,
  moveGrant,
  statusAt,
  type GrantMove,
} from './grant.rules.js';

const NOW = new Date('2026-06-01T09:00:00Z');

describe('the lifecycle of a grant', () => {
  const allowed: Readonly<Record<string, string>> = {
    'issued activate': 'active',
    'issued expire': 'expired',
    'active expire': 'expired',
    'issued revoke': 'revoked',
    'active revoke': 'revoked',
    'active exhaust': 'exhausted',
  };
  const pairs = GRANT_STATUSES.flatMap((state) =>
    (Object.keys(GRANT_TRANSITIONS) as GrantMove[]).map((action) => ({
      state,
      action,
      result: allowed[`${state} ${action}`] ?? 'transition_not_allowed',
    })),
  );

  it.each(pairs)('$state + $action → $result', ({ state, action, result }) => {
    const outcome = (): string => {
      try {
        return moveGrant(state, action);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(outcome()).toBe(result);
  });

  it('R3.13: nothing leads out of an end', () => {
    const from = Object.values(GRANT_TRANSITIONS).flatMap((transition) => transition.from);
    expect([...new Set(from)].sort()).toEqual(['active', 'issued']);
  });

  it.each([
    ['issued', -1, 'expired'],
    ['active', 0, 'expired'],
    ['active', 1, 'active'],
    ['revoked', -1, 'revoked'],
    ['exhausted', -1, 'exhausted'],
  ] as const)('R3.25: %s with %i ms to go is %s', (status, left, expected) => {
    const expiresAt = new Date(NOW.getTime() + left);
    expect(statusAt({ status, expiresAt }, NOW)).toBe(expected);
  });
});

describe('R3.11: a grant ends at the earliest of all that bounds it', () => {
  const held = (code: string, expiresOn: string) => [{ code, expiresOn }];

  it.each([
    ['the request', accessFacts(), '2026-08-31T23:00:00.000Z'],
    [
      'the agreement',
      accessFacts({ agreement: { ...accessFacts().agreement, endsAt: '2026-07-01T00:00:00Z' } }),
      '2026-07-01T00:00:00.000Z',
    ],
    ['a single day, which is today', factsUnder({ maxGrantDays: 1 }), '2026-06-01T23:00:00.000Z'],
    ['maxGrantDays', factsUnder({ maxGrantDays: 10 }), '2026-06-10T23:00:00.000Z'],
    ['the project', accessFacts({ project: { endsOn: '2026-06-30' } }), '2026-06-30T23:00:00.000Z'],
    [
      'the affiliation',
      accessFacts({ affiliation: { endsOn: '2026-06-20', roles: [] } }),
      '2026-06-20T23:00:00.000Z',
    ],
    [
      'a required accreditation',
      factsUnder(
        { accreditations: ['dea_full'] },
        { person: { accreditations: held('dea_full', '2026-06-15') } },
      ),
      '2026-06-15T23:00:00.000Z',
    ],
    [
      'the full accreditation that stands for a provisional one',
      factsUnder(
        { accreditations: ['dea_provisional'] },
        { person: { accreditations: held('dea_full', '2026-06-16') } },
      ),
      '2026-06-16T23:00:00.000Z',
    ],
    [
      'the later of two awards of one scheme',
      factsUnder(
        { accreditations: ['dea_full'] },
        {
          person: {
            accreditations: [...held('dea_full', '2026-06-15'), ...held('dea_full', '2026-07-15')],
          },
        },
      ),
      '2026-07-15T23:00:00.000Z',
    ],
    [
      'a required training',
      factsUnder({ trainings: ['t'] }, { person: { trainings: held('t', '2026-06-14') } }),
      '2026-06-14T23:00:00.000Z',
    ],
    [
      'the earliest required organisation check',
      factsUnder(
        { orgChecks: ['dspt', 'ico'] },
        {
          organisation: {
            checks: [...held('dspt', '2026-07-13'), ...held('ico', '2026-06-13')],
          },
        },
      ),
      '2026-06-13T23:00:00.000Z',
    ],
    [
      'not what is held and not required',
      accessFacts({ person: { accreditations: held('dea_full', '2026-06-02') } }),
      '2026-08-31T23:00:00.000Z',
    ],
    [
      'a winter day, which ends at midnight UTC',
      accessFacts({ request: { untilOn: '2026-12-31' } }),
      '2027-01-01T00:00:00.000Z',
    ],
  ])('%s', (_name, facts, expected) => {
    expect(grantExpiry(facts, NOW).toISOString()).toBe(expected);
  });

  it('what the caller asks for can only shorten it', () => {
    const sooner = new Date('2026-06-05T10:00:00Z');
    const later = new Date('2030-01-01T00:00:00Z');
    expect(grantExpiry(accessFacts(), NOW, sooner)).toEqual(sooner);
    expect(grantExpiry(accessFacts(), NOW, later)).toEqual(grantExpiry(accessFacts(), NOW));
  });

  it('is never later than any one of them, and is always one of them', () => {
    const day = fc.integer({ min: 1, max: 400 }).map((days) => addDays('2026-06-01', days));
    fc.assert(
      fc.property(
        fc.record({ until: day, project: day, member: day, award: day, training: day, check: day }),
        fc.integer({ min: 1, max: 365 }),
        (ends, maxGrantDays) => {
          const facts = factsUnder(
            {
              maxGrantDays,
              accreditations: ['dea_provisional'],
              trainings: ['t'],
              orgChecks: ['dspt'],
            },
            {
              request: { untilOn: ends.until },
              project: { endsOn: ends.project },
              affiliation: { endsOn: ends.member, roles: [] },
              person: {
                accreditations: held('dea_full', ends.award),
                trainings: held('t', ends.training),
              },
              organisation: { checks: held('dspt', ends.check) },
            },
          );
          const bounds = [...Object.values(ends), addDays('2026-06-01', maxGrantDays - 1)]
            .map(endOfDay)
            .concat(new Date('2027-06-01T00:00:00Z'))
            .map((bound) => bound.getTime());
          expect(grantExpiry(facts, NOW).getTime()).toBe(Math.min(...bounds));
        },
      ),
    );
  });
});

describe('qualifications', () => {
  it.each([
    [['dea_full'], ['dea_full'], []],
    [['dea_provisional'], ['dea_full'], []],
    [['dea_full'], ['dea_provisional'], ['dea_full']],
    [['a', 'b'], ['b'], ['a']],
  ])('R3.12: of %j with %j, %j is missing', (required, codes, expected) => {
    const held = codes.map((code) => ({ code, expiresOn: '2030-01-01' }));
    expect(missing(required, held)).toEqual(expected);
  });

  it.each([
    ['dea_full', [], ['dea_full', 'dea_provisional']],
    ['dea_full', ['dea_provisional'], ['dea_full']],
    ['dea_full', ['dea_full'], []],
    ['dea_provisional', ['dea_full'], []],
    ['dspt', ['ico'], ['dspt']],
  ])('after %s lapses with %j held, %j is lacking', (lapsed, held, expected) => {
    expect(lackingAfter(lapsed, held)).toEqual(expected);
  });
});
