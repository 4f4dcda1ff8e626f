import { accessFacts, factsUnder } from '../../test/support/access-facts.js';
import type { AccessFacts } from '../requests/access-facts.js';
import { fittingModes, judgeModes } from './delivery-modes.rules.js';

const PROVEN = {
  sts_inside_allowed: 'pass',
  sts_outside_refused: 'pass',
  sts_sibling_refused: 'pass',
  sts_expired_refused: 'skip',
};
const STS_TERMS = {
  modes: ['sts', 'presign', 'stream'],
  maxRevocationSeconds: 900,
  dpop: true,
};

/** Under which `sts` fits, changed. */
function stsFacts(
  terms: Partial<AccessFacts['agreement']['terms']> = {},
  stsChecks: NonNullable<AccessFacts['store']>['stsChecks'] = PROVEN,
  prefix = 'footfall/',
): AccessFacts {
  return factsUnder({ ...STS_TERMS, ...terms }, { store: { stsChecks }, dataset: { prefix } });
}

const feedFacts = (modes: readonly string[]): AccessFacts =>
  factsUnder({ modes }, { dataset: { kind: 'feed', sealedVersion: null } });

describe('the modes that fit', () => {
  it.each([
    ['GD-22: 1 second', factsUnder({ maxRevocationSeconds: 1 }), ['stream']],
    ['GD-22: 119 seconds', factsUnder({ maxRevocationSeconds: 119 }), ['stream']],
    ['GD-22: 120 seconds', factsUnder({ maxRevocationSeconds: 120 }), ['stream', 'presign']],
    ['GD-22: 900 seconds', stsFacts(), ['sts', 'presign', 'stream']],
    ['GD-22: 899 seconds', stsFacts({ maxRevocationSeconds: 899 }), ['presign', 'stream']],
    ['what the agreement allows', factsUnder({ modes: ['presign'] }), ['presign']],
    ['a feed', feedFacts(['feed', 'stream', 'presign']), ['feed']],
    ['a feed that is let out as files', feedFacts(['stream']), []],
    ['files that are let out as a feed', factsUnder({ modes: ['feed'] }), []],
    ['a byte budget', factsUnder({ maxBytes: 1 }), ['stream']],
    ['counted downloads', factsUnder({ maxDownloads: 1 }), ['stream']],
    [
      'a location that is not disclosed',
      accessFacts({ dataset: { disclosesLocation: false } }),
      ['stream'],
    ],
    ['a store whose clock is off', accessFacts({ store: { clockOffsetSeconds: -31 } }), ['stream']],
    [
      'a clock 30 seconds off',
      accessFacts({ store: { clockOffsetSeconds: 30 } }),
      ['stream', 'presign'],
    ],
    [
      'a clock that nobody measured',
      accessFacts({ store: { clockOffsetSeconds: null } }),
      ['stream'],
    ],
    [
      'GD-30: special category data',
      factsUnder({ items: [{ datasetId: 'd', dataClass: 'special_category', release: 'raw' }] }),
      ['stream'],
    ],
    [
      'special category data in another item',
      factsUnder({ items: [{ datasetId: 'x', dataClass: 'special_category', release: 'raw' }] }),
      ['stream', 'presign'],
    ],
  ])('%s', (_name, facts, expected) => {
    expect(fittingModes(facts)).toEqual(expected);
  });
});

it.each<[string, AccessFacts, string | null]>([
  ['fits', stsFacts(), null],
  ['needs proof of possession in the agreement', stsFacts({ dpop: false }), 'dpop_not_agreed'],
  ['needs a store with STS', stsFacts({}, null), 'sts_not_proven'],
  ['needs a probe that saw it', stsFacts({}, {}), 'sts_not_proven'],
  ...Object.keys(PROVEN).map((name): [string, AccessFacts, string] => [
    `ends with a failed ${name}`,
    stsFacts({}, { ...PROVEN, [name]: 'fail' }),
    'sts_not_proven',
  ]),
  [
    'is not proven by a check that was skipped',
    stsFacts({}, { ...PROVEN, sts_sibling_refused: 'skip' }),
    'sts_not_proven',
  ],
  ['needs a prefix that a policy reads as itself', stsFacts({}, PROVEN, 'foot*/'), 'sts_prefix'],
  ['counts no bytes', stsFacts({ maxBytes: 1 }), 'budget'],
  [
    'GD-30: takes no special category data',
    stsFacts({ items: [{ datasetId: 'd', dataClass: 'special_category', release: 'raw' }] }),
    'special_category',
  ],
  ['ends too slowly', stsFacts({ maxRevocationSeconds: 120 }), 'revocation_too_slow'],
])('sts %s', (_what, facts, fault) => {
  expect(judgeModes(facts)[0]).toEqual({ mode: 'sts', fault });
});
