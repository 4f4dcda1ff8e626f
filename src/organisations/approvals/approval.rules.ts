import type { Role } from '../../identity/roles.js';

/** The two-person acts built so far and the duties of the two (R3.10). Where two are named, one person each. */
const ACT_ROLES = {
  role_add: ['platform_admin'],
  agreement_resume: ['signatory', 'ig_officer'],
  agreement_terminate: ['signatory', 'dpo'],
  agreement_signed_outside: ['signatory', 'dpo'],
  party_resume: ['signatory', 'ig_officer'],
  party_exclude: ['signatory', 'dpo'],
  guardrail_change: ['platform_admin', 'ig_officer'],
  subject_erase: ['dpo', 'ig_officer'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
export type Act = keyof typeof ACT_ROLES;

export type ApprovalStatus = 'proposed' | 'approved' | 'rejected' | 'lapsed';

/** A guardrail of all datasets is the operator's; a dataset's own is for those who answer for the dataset. */
const DATASET_ROLES: readonly Role[] = ['data_owner', 'dpo'];

/**
 * The duty in which a person may act first, or second after `taken`.
 * @param held the roles that count for this act: in its organisation, and the operator's.
 */
export function dutyFor(
  { act, change }: { readonly act: Act; readonly change: Readonly<Record<string, unknown>> },
  held: readonly Role[],
  taken?: string,
): Role | undefined {
  const isOfDataset = act === 'guardrail_change' && typeof change['datasetId'] === 'string';
  const roles: readonly Role[] = isOfDataset ? DATASET_ROLES : ACT_ROLES[act];
  const open = roles.length > 1 ? roles.filter((role) => role !== taken) : roles;
  return open.find((role) => held.includes(role));
}
