import { ConcordatError } from '../../kernel/errors.js';
import {
  newPersonalToken,
  TOKEN_SCOPES,
  tokenDigest,
  tokenExpiry,
} from './personal-token.rules.js';

const NOW = new Date('2026-11-26T12:00:00Z');
const DAY = 86_400_000;

describe('a personal token', () => {
  it('is 256 random bits behind a name that scanners know', () => {
    const token = newPersonalToken();
    expect(token).toMatch(/^cdt_[\w-]{43}$/);
    expect(newPersonalToken()).not.toBe(token);
    expect(tokenDigest(token)).toHaveLength(32);
  });

  it.each([
    '',
    'cdt_',
    'cdt_short',
    `cdt_${'a'.repeat(44)}`,
    `CDT_${'a'.repeat(43)}`,
    `cdt_${'a'.repeat(42)}=`,
  ])('is not %j', (text) => {
    expect(tokenDigest(text)).toBeUndefined();
  });

  it.each([
    'agreement:sign',
    'agreement:attest',
    'agreement:review',
    'approval:approve',
    'access_request:decide',
    'closure:attest',
    'closure:verify',
    'audit:reveal',
    'alert:close',
    'store:add_client',
    'store:change_access_log',
    'token:create',
    'token:revoke',
  ])('is good for no %s: that is done in person', (operation) => {
    expect(TOKEN_SCOPES).not.toContain(operation);
  });

  it('is good for new keys of a store, which a program may change', () => {
    expect(TOKEN_SCOPES).toContain('store:rotate');
  });

  it('ends after 30 days, or when its owner says', () => {
    expect(tokenExpiry(NOW, undefined).getTime()).toBe(NOW.getTime() + 30 * DAY);
    const last = new Date(NOW.getTime() + 90 * DAY).toISOString();
    expect(tokenExpiry(NOW, last).toISOString()).toBe(last);
  });

  it.each([
    ['has passed', NOW.toISOString()],
    ['is more than 90 days away', new Date(NOW.getTime() + 90 * DAY + 1).toISOString()],
  ])('has no end that %s', (_, end) => {
    expect(() => tokenExpiry(NOW, end)).toThrow(ConcordatError);
  });
});
