/** What a key of the broker signs: tokens of grants, or sign-offs and certificates. */
export const KEY_PURPOSES = ['token', 'signoff'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** `next` is published and not yet used; `retired` signs no more; `compromised` is believed by nobody. */
export type KeyState = 'next' | 'active' | 'retired' | 'compromised';

export interface KeyStanding {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly state: KeyState;
  /** When it came into its state. */
  readonly since: Date;
}

export type KeyMove =
  | { readonly act: 'create'; readonly state: 'next' | 'active' }
  | { readonly act: 'move'; readonly kid: string; readonly to: 'active' | 'retired' };

const HOUR_MS = 3_600_000;
/** Whoever caches the key set has the key before it is first used. */
const PUBLISHED_BEFORE_MS = 24 * HOUR_MS;
const ACTIVE_MS = 90 * 24 * HOUR_MS;
/** Longer than any token lives. */
const PUBLISHED_AFTER_MS = HOUR_MS;

/**
 * What is due for the keys of one purpose. Token keys change by themselves every 90 days; a sign-off key when it is told to.
 * @param keys all of that purpose.
 */
export function dueMoves(
  purpose: KeyPurpose,
  keys: readonly KeyStanding[],
  now: Date,
): readonly KeyMove[] {
  const active = keys.find(({ state }) => state === 'active');
  const next = keys.find(({ state }) => state === 'next');
  if (!active) {
    return next
      ? [{ act: 'move', kid: next.kid, to: 'active' }]
      : [{ act: 'create', state: 'active' }];
  }
  if (next) {
    return age(next, now) < PUBLISHED_BEFORE_MS ? [] : succession(active, next);
  }
  const isDue = purpose === 'token' && age(active, now) >= ACTIVE_MS - PUBLISHED_BEFORE_MS;
  return isDue ? [{ act: 'create', state: 'next' }] : [];
}

/** One key takes over from another: first the old one goes, for there is one active key. */
function succession(active: KeyStanding, next: KeyStanding): readonly KeyMove[] {
  return [
    { act: 'move', kid: active.kid, to: 'retired' },
    { act: 'move', kid: next.kid, to: 'active' },
  ];
}

/** Whether others may still meet its signatures. Retired sign-off keys stay for good (R3.9). */
export function isPublished({ purpose, state, since }: KeyStanding, now: Date): boolean {
  switch (state) {
    case 'next':
    case 'active':
      return true;
    case 'retired':
      return purpose === 'signoff' || now.getTime() - since.getTime() < PUBLISHED_AFTER_MS;
    case 'compromised':
      return false;
  }
}

function age({ since }: KeyStanding, now: Date): number {
  return now.getTime() - since.getTime();
}
