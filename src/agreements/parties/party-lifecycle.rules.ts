import { ConcordatError } from '../../kernel/errors.js';

export const PARTY_STATUSES = [
  'invited',
  'reviewed',
  'signed',
  'active',
  'suspended',
  'withdrawn',
  'excluded',
  'lapsed',
] as const;
export type PartyStatus = (typeof PARTY_STATUSES)[number];

/** In what capacity somebody acts on a party; one person may have several. */
export const PARTY_STANDINGS = [
  'own_signatory',
  'own_dpo',
  'own_ig_officer',
  'lead_signatory',
  'lead_dpo',
  'broker',
] as const;
export type PartyStanding = (typeof PARTY_STANDINGS)[number];

interface Transition {
  readonly from: readonly PartyStatus[];
  readonly to: PartyStatus;
  readonly by: readonly PartyStanding[];
}

/**
 * Domain.md section 3, "Party", whole but for the invitation, which makes the row. What two people do together (R3.10)
 * lists both; the approval sees that there is one of each. A suspended party lapses like an active one: otherwise it
 * could resume in a version that it never signed.
 */
export const PARTY_TRANSITIONS = {
  review: { from: ['invited'], to: 'reviewed', by: ['own_dpo'] },
  sign: { from: ['reviewed'], to: 'signed', by: ['own_signatory'] },
  activate: { from: ['signed'], to: 'active', by: ['broker'] },
  suspend: {
    from: ['active'],
    to: 'suspended',
    by: ['own_signatory', 'own_ig_officer', 'lead_signatory'],
  },
  resume: { from: ['suspended'], to: 'active', by: ['own_signatory', 'own_ig_officer'] },
  withdraw: { from: ['active', 'suspended'], to: 'withdrawn', by: ['own_signatory'] },
  exclude: { from: ['active', 'suspended'], to: 'excluded', by: ['lead_signatory', 'lead_dpo'] },
  lapse: { from: ['active', 'suspended'], to: 'lapsed', by: ['broker'] },
} as const satisfies Record<string, Transition>;

export type PartyAct = keyof typeof PARTY_TRANSITIONS;

/**
 * The status an act leads to.
 * @throws ConcordatError `transition_not_allowed` (409) naming both.
 */
export function moveParty(status: PartyStatus, act: PartyAct): PartyStatus {
  const { from, to }: Transition = PARTY_TRANSITIONS[act];
  if (!from.includes(status)) {
    throw new ConcordatError('transition_not_allowed', { status, act });
  }
  return to;
}

/** True when one of these standings may do the act, in whatever status. */
export function mayMoveParty(standings: ReadonlySet<PartyStanding>, act: PartyAct): boolean {
  const { by }: Transition = PARTY_TRANSITIONS[act];
  return by.some((standing) => standings.has(standing));
}

/** It has answered, or is about to: not in force yet. */
export function isJoining(status: PartyStatus): boolean {
  return status === 'invited' || status === 'reviewed' || status === 'signed';
}

/** It left, for good. */
export function hasLeft(status: PartyStatus): boolean {
  return status === 'withdrawn' || status === 'excluded' || status === 'lapsed';
}
