import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import {
  mayMove,
  moveVersion,
  STANDINGS,
  VERSION_STATUSES,
  VERSION_TRANSITIONS,
  type Standing,
  type VersionAct,
  type VersionStatus,
} from './version-lifecycle.rules.js';

const ACTS = Object.keys(VERSION_TRANSITIONS) as VersionAct[];

/** Domain.md section 3, "Version", written out again: where each act leads from where it may be done. */
const ALLOWED: Readonly<Record<VersionAct, Partial<Record<VersionStatus, VersionStatus>>>> = {
  edit: { draft: 'draft' },
  submit: { draft: 'in_review' },
  accept: { in_review: 'in_review' },
  return: { in_review: 'draft' },
  lock: { in_review: 'awaiting_signature' },
  recall: { awaiting_signature: 'draft' },
  sign: { awaiting_signature: 'awaiting_signature' },
  decline: { awaiting_signature: 'draft' },
  attest: { draft: 'draft' },
  activate: { awaiting_signature: 'active', draft: 'active' },
  suspend: { active: 'suspended' },
  resume: { suspended: 'active' },
  terminate: { active: 'terminated', suspended: 'terminated' },
  complete: { active: 'active', suspended: 'suspended' },
  expire: { active: 'expired', suspended: 'expired' },
  supersede: { active: 'superseded' },
  amend: { active: 'active' },
  renew: { active: 'active', expired: 'expired', terminated: 'terminated' },
  abandon: { draft: 'terminated', in_review: 'terminated', awaiting_signature: 'terminated' },
};

const BY: Readonly<Record<VersionAct, readonly Standing[]>> = {
  edit: ['drafting_data_owner'],
  submit: ['drafting_data_owner'],
  accept: ['party_dpo'],
  return: ['party_dpo', 'party_signatory'],
  lock: ['broker'],
  recall: ['drafting_data_owner'],
  sign: ['party_signatory'],
  decline: ['party_signatory'],
  attest: ['lead_signatory', 'lead_dpo'],
  activate: ['broker'],
  suspend: ['lead_signatory', 'lead_ig_officer', 'operator_ig_officer', 'broker'],
  resume: ['lead_signatory', 'lead_ig_officer', 'operator_ig_officer'],
  terminate: ['lead_signatory', 'lead_dpo'],
  complete: ['lead_dpo', 'lead_ig_officer'],
  expire: ['broker'],
  supersede: ['broker'],
  amend: ['party_data_owner'],
  renew: ['party_data_owner'],
  abandon: ['drafting_data_owner', 'broker'],
};

const pairs = ACTS.flatMap((act) => VERSION_STATUSES.map((status) => [act, status] as const));
const attempt = (status: VersionStatus, act: VersionAct): string => {
  try {
    return moveVersion(status, act);
  } catch (error) {
    return isConcordatError(error) ? error.code : 'another error';
  }
};

describe('the lifecycle of a version', () => {
  it.each(pairs)('%s from %s leads where section 3 says, or nowhere', (act, status) => {
    expect(attempt(status, act)).toBe(ALLOWED[act][status] ?? 'transition_not_allowed');
  });

  it.each(ACTS.flatMap((act) => STANDINGS.map((standing) => [act, standing] as const)))(
    '%s is for a %s exactly when section 3 names them',
    (act, standing) => {
      expect(mayMove(new Set([standing]), act)).toBe(BY[act].includes(standing));
    },
  );

  it('never leaves an ended version', () => {
    const ended: readonly VersionStatus[] = ['terminated', 'expired', 'superseded'];
    const leaving = ended.flatMap((status) =>
      ACTS.map((act) => attempt(status, act)).filter((to) => to !== status),
    );
    expect(new Set(leaving)).toEqual(new Set(['transition_not_allowed']));
  });

  it('says which status and which act did not fit', () => {
    const fields = { status: 'expired', act: 'resume' };
    expect(() => moveVersion('expired', 'resume')).toThrow(
      new ConcordatError('transition_not_allowed', fields),
    );
  });
});
