import { dueMoves, isPublished, type KeyStanding } from './key-rotation.rules.js';

const NOW = new Date('2026-11-26T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const key = (
  state: KeyStanding['state'],
  age: number,
  purpose: KeyStanding['purpose'] = 'token',
) => ({
  kid: `${state} key`,
  purpose,
  state,
  since: new Date(NOW.getTime() - age),
});

describe('keys of the broker', () => {
  it.each<[string, KeyStanding[], ReturnType<typeof dueMoves>]>([
    ['none: the first is active at once', [], [{ act: 'create', state: 'active' }]],
    ['a young one: nothing', [key('active', 88 * DAY)], []],
    [
      'one of 89 days: the next is published',
      [key('active', 89 * DAY)],
      [{ act: 'create', state: 'next' }],
    ],
    [
      'its successor of less than a day: nothing',
      [key('active', 90 * DAY), key('next', DAY - 1)],
      [],
    ],
    [
      'its successor of a day: it takes over',
      [key('active', 90 * DAY), key('next', DAY)],
      [
        { act: 'move', kid: 'active key', to: 'retired' },
        { act: 'move', kid: 'next key', to: 'active' },
      ],
    ],
    [
      'a retired one alone: a new one at once',
      [key('retired', DAY)],
      [{ act: 'create', state: 'active' }],
    ],
    [
      'a compromised one and its successor: that one at once',
      [key('compromised', 0), key('next', 1)],
      [{ act: 'move', kid: 'next key', to: 'active' }],
    ],
  ])('%s', (_, keys, moves) => {
    expect(dueMoves('token', keys, NOW)).toEqual(moves);
  });

  it('for sign-offs are changed only by hand, and then as carefully', () => {
    const old = key('active', 400 * DAY, 'signoff');
    expect(dueMoves('signoff', [old], NOW)).toEqual([]);
    expect(dueMoves('signoff', [old, key('next', DAY, 'signoff')], NOW)).toHaveLength(2);
  });

  it.each<[string, KeyStanding, boolean]>([
    ['the next', key('next', 0), true],
    ['the active', key('active', 90 * DAY), true],
    ['a retired token key within the hour', key('retired', HOUR - 1), true],
    ['a retired token key after it', key('retired', HOUR), false],
    ['R3.9: a retired sign-off key, for good', key('retired', 9_999 * DAY, 'signoff'), true],
    ['a compromised token key', key('compromised', 0), false],
    ['a compromised sign-off key', key('compromised', 0, 'signoff'), false],
  ])('%s: published %s', (_, standing, expected) => {
    expect(isPublished(standing, NOW)).toBe(expected);
  });
});
