import { refusalOf } from '../../../test/support/refusal-of.js';
import {
  hintOf,
  invitationDigest,
  invitationExpiry,
  newInvitationToken,
  requireInvited,
  requireOpen,
  stateAt,
  type InvitationStatus,
} from './invitation.rules.js';

const NOW = new Date('2026-05-01T09:00:00Z');
const IN_14_DAYS = new Date('2026-05-15T09:00:00Z');

describe('R10.1: the token of an invitation', () => {
  it('has 256 random bits, and is kept as its digest', () => {
    const tokens = Array.from({ length: 100 }, newInvitationToken);
    expect(new Set(tokens).size).toBe(100);
    expect(tokens.every((token) => /^cdi_[\w-]{43}$/.test(token))).toBe(true);
    expect(invitationDigest(tokens[0] ?? '')).toHaveLength(32);
  });

  it.each(['', 'cdi_', `cdi_${'a'.repeat(42)}`, `cdi_${'a'.repeat(44)}`, `cdt_${'a'.repeat(43)}`])(
    'is not %j',
    (text) => {
      expect(invitationDigest(text)).toBeUndefined();
    },
  );
});

describe('R10.1: how long an invitation lasts', () => {
  it.each<[string, string | null, Date]>([
    ['a membership without an end', null, IN_14_DAYS],
    ['one that ends later', '2027-05-01', IN_14_DAYS],
    ['one that ends before', '2026-05-03', new Date('2026-05-03T23:00:00Z')],
  ])('for %s', (_, endsOn, expiresAt) => {
    expect(invitationExpiry(NOW, endsOn)).toEqual(expiresAt);
  });

  it.each<[InvitationStatus, string, InvitationStatus]>([
    ['open', '2026-05-01T09:00:00.001Z', 'open'],
    ['open', '2026-05-01T09:00:00Z', 'expired'],
    ['accepted', '2026-05-01T08:00:00Z', 'accepted'],
    ['withdrawn', '2026-06-01T09:00:00Z', 'withdrawn'],
  ])('R3.25: %s until %s is %s', (status, expiresAt, state) => {
    const invitation = { status, expiresAt: new Date(expiresAt) };
    expect(stateAt(invitation, NOW)).toBe(state);
    const answer = refusalOf(() => {
      requireOpen(invitation, NOW);
    });
    expect(answer).toBe(state === 'open' ? 'allowed' : 'invitation_ended');
  });
});

describe('whom an invitation is for', () => {
  it.each<[string, string | null, string]>([
    ['the address as it was invited', 'Some.Body@example.org', 'allowed'],
    ['the same in other letters', 'some.body@EXAMPLE.org', 'allowed'],
    ['a provider that names none', null, 'allowed'],
    ['another name', 'somebody@example.org', 'invitation_of_another'],
    ['a longer domain', 'some.body@example.org.evil.example', 'invitation_of_another'],
    ['an empty name', '', 'invitation_of_another'],
  ])('%s', (_, signedInAs, answer) => {
    expect(
      refusalOf(() => {
        requireInvited('Some.Body@example.org', signedInAs);
      }),
    ).toBe(answer);
  });

  it('is hinted at', () => {
    expect(hintOf('some.body@example.org')).toBe('s…@example.org');
  });
});
