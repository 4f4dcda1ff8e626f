import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import {
  mayMoveParty,
  moveParty,
  PARTY_STANDINGS,
  PARTY_STATUSES,
  PARTY_TRANSITIONS,
  type PartyAct,
  type PartyStanding,
  type PartyStatus,
} from './party-lifecycle.rules.js';

const ACTS = Object.keys(PARTY_TRANSITIONS) as PartyAct[];

/** Domain.md section 3, "Party (accession)", written out again: where each act leads from where it may be done. */
const ALLOWED: Readonly<Record<PartyAct, Partial<Record<PartyStatus, PartyStatus>>>> = {
  review: { invited: 'reviewed' },
  sign: { reviewed: 'signed' },
  activate: { signed: 'active' },
  suspend: { active: 'suspended' },
  resume: { suspended: 'active' },
  withdraw: { active: 'withdrawn', suspended: 'withdrawn' },
  exclude: { active: 'excluded', suspended: 'excluded' },
  lapse: { active: 'lapsed', suspended: 'lapsed' },
};

const BY: Readonly<Record<PartyAct, readonly PartyStanding[]>> = {
  review: ['own_dpo'],
  sign: ['own_signatory'],
  activate: ['broker'],
  suspend: ['own_signatory', 'own_ig_officer', 'lead_signatory'],
  resume: ['own_signatory', 'own_ig_officer'],
  withdraw: ['own_signatory'],
  exclude: ['lead_signatory', 'lead_dpo'],
  lapse: ['broker'],
};

const attempt = (status: PartyStatus, act: PartyAct): string => {
  try {
    return moveParty(status, act);
  } catch (error) {
    return isConcordatError(error) ? error.code : 'another error';
  }
};

describe('the lifecycle of a party', () => {
  it.each(ACTS.flatMap((act) => PARTY_STATUSES.map((status) => [act, status] as const)))(
    '%s from %s leads where section 3 says, or nowhere',
    (act, status) => {
      expect(attempt(status, act)).toBe(ALLOWED[act][status] ?? 'transition_not_allowed');
    },
  );

  it.each(ACTS.flatMap((act) => PARTY_STANDINGS.map((standing) => [act, standing] as const)))(
    '%s is for a %s exactly when section 3 names them',
    (act, standing) => {
      expect(mayMoveParty(new Set([standing]), act)).toBe(BY[act].includes(standing));
    },
  );

  it('says which status and which act did not fit', () => {
    const fields = { status: 'withdrawn', act: 'resume' };
    expect(() => moveParty('withdrawn', 'resume')).toThrow(
      new ConcordatError('transition_not_allowed', fields),
    );
  });
});
