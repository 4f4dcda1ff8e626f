import { ConcordatError } from '../../kernel/errors.js';

export const VERSION_STATUSES = [
  'draft',
  'in_review',
  'awaiting_signature',
  'active',
  'suspended',
  'terminated',
  'expired',
  'superseded',
] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

/** In what capacity somebody acts on a version; one person may have several. */
export const STANDINGS = [
  'drafting_data_owner',
  'party_data_owner',
  'party_dpo',
  'party_signatory',
  'lead_signatory',
  'lead_dpo',
  'lead_ig_officer',
  'operator_ig_officer',
  'broker',
] as const;
export type Standing = (typeof STANDINGS)[number];

interface Transition {
  readonly from: readonly VersionStatus[];
  /** Absent: the status stays. */
  readonly to?: VersionStatus;
  readonly by: readonly Standing[];
}

/**
 * Domain.md section 3, "Version", whole. What two people do together (R3.10) lists both; the approval sees that there is
 * one of each. `amend` and `renew` leave their version as it is and make the next.
 */
export const VERSION_TRANSITIONS = {
  edit: { from: ['draft'], by: ['drafting_data_owner'] },
  submit: { from: ['draft'], to: 'in_review', by: ['drafting_data_owner'] },
  accept: { from: ['in_review'], by: ['party_dpo'] },
  return: { from: ['in_review'], to: 'draft', by: ['party_dpo', 'party_signatory'] },
  lock: { from: ['in_review'], to: 'awaiting_signature', by: ['broker'] },
  recall: { from: ['awaiting_signature'], to: 'draft', by: ['drafting_data_owner'] },
  sign: { from: ['awaiting_signature'], by: ['party_signatory'] },
  decline: { from: ['awaiting_signature'], to: 'draft', by: ['party_signatory'] },
  attest: { from: ['draft'], by: ['lead_signatory', 'lead_dpo'] },
  activate: { from: ['awaiting_signature', 'draft'], to: 'active', by: ['broker'] },
  suspend: {
    from: ['active'],
    to: 'suspended',
    by: ['lead_signatory', 'lead_ig_officer', 'operator_ig_officer', 'broker'],
  },
  resume: {
    from: ['suspended'],
    to: 'active',
    by: ['lead_signatory', 'lead_ig_officer', 'operator_ig_officer'],
  },
  terminate: {
    from: ['active', 'suspended'],
    to: 'terminated',
    by: ['lead_signatory', 'lead_dpo'],
  },
  complete: { from: ['active', 'suspended'], by: ['lead_dpo', 'lead_ig_officer'] },
  expire: { from: ['active', 'suspended'], to: 'expired', by: ['broker'] },
  supersede: { from: ['active'], to: 'superseded', by: ['broker'] },
  amend: { from: ['active'], by: ['party_data_owner'] },
  renew: { from: ['active', 'expired', 'terminated'], by: ['party_data_owner'] },
  abandon: {
    from: ['draft', 'in_review', 'awaiting_signature'],
    to: 'terminated',
    by: ['drafting_data_owner', 'broker'],
  },
} as const satisfies Record<string, Transition>;

export type VersionAct = keyof typeof VERSION_TRANSITIONS;

/**
 * The status an act leads to.
 * @throws ConcordatError `transition_not_allowed` (409) naming both.
 */
export function moveVersion(status: VersionStatus, act: VersionAct): VersionStatus {
  const { from, to }: Transition = VERSION_TRANSITIONS[act];
  if (!from.includes(status)) {
    throw new ConcordatError('transition_not_allowed', { status, act });
  }
  return to ?? status;
}

/** True when one of these standings may do the act, in whatever status. */
export function mayMove(standings: ReadonlySet<Standing>, act: VersionAct): boolean {
  const { by }: Transition = VERSION_TRANSITIONS[act];
  return by.some((standing) => standings.has(standing));
}
