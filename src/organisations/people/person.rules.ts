import { ConcordatError } from '../../kernel/errors.js';

export type PersonStatus = 'active' | 'suspended' | 'erased';
export type PersonMove = 'suspend' | 'resume';

/** domain.md section 10, Person: moved by an ig_officer or a platform_admin; nobody moves an erased person. */
const PERSON_TRANSITIONS: Readonly<
  Record<PersonMove, { readonly from: PersonStatus; readonly to: PersonStatus }>
> = {
  suspend: { from: 'active', to: 'suspended' },
  resume: { from: 'suspended', to: 'active' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function movePerson(from: PersonStatus, move: PersonMove): PersonStatus {
  const transition = PERSON_TRANSITIONS[move];
  if (transition.from !== from) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}
