import { isConcordatError } from '../../kernel/errors.js';
import { urlLifetime } from './url-lifetime.rules.js';

const NOW = new Date('2026-11-24T12:00:00.900Z');

it.each([
  ['an hour later', '2026-11-24T13:00:00Z', 120, '2026-11-24T12:02:00Z'],
  ['at the end of the two minutes', '2026-11-24T12:02:00Z', 120, '2026-11-24T12:02:00Z'],
  ['within them', '2026-11-24T12:01:00.999Z', 60, '2026-11-24T12:01:00Z'],
  ['in half a minute', '2026-11-24T12:00:30Z', 30, '2026-11-24T12:00:30Z'],
])('a grant that ends %s gives a URL no longer than itself', (_, endsAt, ttlSeconds, expiresAt) => {
  expect(urlLifetime(NOW, new Date(endsAt))).toEqual({
    signedAt: new Date('2026-11-24T12:00:00Z'),
    ttlSeconds,
    expiresAt: new Date(expiresAt),
  });
});

it.each([
  ['in under half a minute', '2026-11-24T12:00:29.999Z'],
  ['now', '2026-11-24T12:00:00.900Z'],
])('a grant that ends %s gives none', (_, endsAt) => {
  let thrown: unknown;
  try {
    urlLifetime(NOW, new Date(endsAt));
  } catch (error) {
    thrown = error;
  }
  expect(isConcordatError(thrown, 'grant_window_closed')).toBe(true);
});
