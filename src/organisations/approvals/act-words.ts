import type { Act } from './approval.rules.js';

const ACTS: Readonly<Record<Act, string>> = {
  role_add: 'Add a role to a member',
  agreement_resume: 'Resume an agreement',
  agreement_terminate: 'Terminate an agreement',
  agreement_signed_outside: 'Bring an agreement signed on paper into force',
  party_resume: 'Resume a party',
  party_exclude: 'Exclude a party',
  guardrail_change: 'Change a guardrail',
  subject_erase: 'Erase a person',
};

/** What a second person is asked to let happen. */
export function actInWords(act: Act): string {
  return ACTS[act];
}
