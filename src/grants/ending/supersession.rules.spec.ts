import { factsUnder } from '../../../test/support/access-facts.js';
import type { AccessFacts, AccessTerms } from '../../requests/access-facts.js';
import { amendedExpiry, failsAmendment, type AmendedGrant } from './supersession.rules.js';

const NOW = new Date('2026-06-01T09:00:00Z');
const BEFORE = factsUnder({}).agreement.terms;

const ITEM = { datasetId: 'd', dataClass: 'none', release: 'raw' };
const FEED = { modes: ['feed'], actions: ['feed:subscribe'] };
const feedUnder = (terms: Partial<AccessTerms>): AccessFacts =>
  factsUnder(
    { ...FEED, ...terms },
    { dataset: { kind: 'feed', feed: { lastNumber: 7, isWatched: true } } },
  );
const FEED_BEFORE = feedUnder({}).agreement.terms;

type Changes = Partial<Pick<AmendedGrant, 'delivery' | 'jkt' | 'before'>>;

const amended = (after: AccessFacts, grant: Changes = {}) => ({
  delivery: 'stream',
  jkt: null,
  expiresAt: new Date('2026-08-31T23:00:00Z'),
  before: BEFORE,
  after,
  ...grant,
});

describe('R3.1: a grant under the next version', () => {
  it.each<[string, AccessFacts, Changes]>([
    ['nothing changed', factsUnder({}), {}],
    ['a purpose is added', factsUnder({ purposes: ['other', 'research'] }), {}],
    [
      'a purpose narrower than those that stay',
      factsUnder({ purposes: ['broader', 'more'] }),
      { before: { ...BEFORE, purposes: ['broader'] } },
    ],
    ['fewer days', factsUnder({ maxGrantDays: 1 }), {}],
    ['aal3 is no longer asked', factsUnder({}), { before: { ...BEFORE, minAuth: 'aal3' } }],
    ['presign stays', factsUnder({}), { delivery: 'presign' }],
    ['it is on a feed', feedUnder({}), { delivery: 'feed', before: FEED_BEFORE }],
    ['a key is asked, and it has one', factsUnder({ dpop: true }), { jkt: 'key' }],
    [
      'a country is added',
      factsUnder({ countries: ['GB', 'IE'] }),
      { before: { ...BEFORE, countries: ['GB'] } },
    ],
    [
      'its organisation also provides',
      factsUnder({ parties: [{ organisationId: 'o', dataRole: 'both' }] }),
      {},
    ],
  ])('goes on when %s', (_name, after, grant) => {
    expect(failsAmendment(amended(after, grant), NOW)).toBe(false);
  });

  it.each<[string, AccessFacts, Changes]>([
    [
      'the history of its feed is let out no more',
      feedUnder({}),
      { delivery: 'feed', before: { ...FEED_BEFORE, items: [{ ...ITEM, includeHistory: true }] } },
    ],
    [
      'following is no action any more',
      feedUnder({ actions: ['dataset:read'] }),
      { delivery: 'feed' },
    ],
    ['its dataset is no item any more', factsUnder({ items: [] }), {}],
    ['its purpose is dropped', factsUnder({ purposes: ['other'] }), {}],
    [
      'its dataset is let out as a view only',
      factsUnder({ items: [{ datasetId: 'd', dataClass: 'none', release: 'view' }] }),
      {},
    ],
    ['reading is no action any more', factsUnder({ actions: ['feed:subscribe'] }), {}],
    [
      'its holder’s organisation only provides',
      factsUnder({ parties: [{ organisationId: 'o', dataRole: 'provider' }] }),
      {},
    ],
    [
      'its holder’s organisation acceded to provide',
      factsUnder(
        { parties: [] },
        { agreement: { ...factsUnder({ parties: [] }).agreement, partyRole: 'provider' } },
      ),
      {},
    ],
    ['countries are asked', factsUnder({ countries: ['GB'] }), {}],
    [
      'a country is dropped',
      factsUnder({ countries: ['GB'] }),
      { before: { ...BEFORE, countries: ['GB', 'IE'] } },
    ],
    ['an accreditation is asked that its holder lacks', factsUnder({ accreditations: ['a'] }), {}],
    ['a training is asked', factsUnder({ trainings: ['t'] }), {}],
    ['a check is asked', factsUnder({ orgChecks: ['dspt'] }), {}],
    ['a stronger sign-in is asked, which nobody proved', factsUnder({ minAuth: 'aal3' }), {}],
    ['a key is asked', factsUnder({ dpop: true }), {}],
    ['its mode is dropped', factsUnder({ modes: ['presign'] }), {}],
    ['its mode is too slow', factsUnder({ maxRevocationSeconds: 1 }), { delivery: 'presign' }],
    [
      'a budget is set that its mode cannot count',
      factsUnder({ maxBytes: 9 }),
      { delivery: 'presign' },
    ],
    [
      'the version has ended',
      factsUnder({}, { agreement: { ...factsUnder({}).agreement, endsAt: NOW.toISOString() } }),
      {},
    ],
  ])('ends when %s', (_name, after, grant) => {
    expect(failsAmendment(amended(after, grant), NOW)).toBe(true);
  });

  it('R3.11: ends no later than before, and sooner if the terms say so', () => {
    expect(amendedExpiry(amended(factsUnder({ maxGrantDays: 365 })), NOW)).toEqual(
      new Date('2026-08-31T23:00:00Z'),
    );
    expect(amendedExpiry(amended(factsUnder({ maxGrantDays: 2 })), NOW)).toEqual(
      new Date('2026-06-02T23:00:00Z'),
    );
  });
});
