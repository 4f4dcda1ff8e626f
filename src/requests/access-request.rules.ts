import { ConcordatError } from '../kernel/errors.js';

export const ACCESS_REQUEST_STATUSES = [
  'draft',
  'submitted',
  'in_review',
  'returned',
  'approved',
  'refused',
  'withdrawn',
  'closed',
  'lapsed',
] as const;
export type AccessRequestStatus = (typeof ACCESS_REQUEST_STATUSES)[number];

/** Who makes a move: the requester, a data_owner of the provider, or the broker itself. */
export type AccessRequestMove =
  'submit' | 'refer' | 'return' | 'approve' | 'refuse' | 'withdraw' | 'close' | 'lapse';

interface Transition {
  readonly by: 'requester' | 'data_owner' | 'broker';
  readonly from: readonly AccessRequestStatus[];
  readonly to: AccessRequestStatus;
}

/**
 * The lifecycle of domain.md section 3, "Access request". `submitted` is passed through within one transaction: policy
 * refuses or approves it, or it goes to the owner.
 */
export const ACCESS_REQUEST_TRANSITIONS: Readonly<
  Record<AccessRequestMove, readonly Transition[]>
> = {
  submit: [{ by: 'requester', from: ['draft', 'returned'], to: 'submitted' }],
  refer: [{ by: 'broker', from: ['submitted'], to: 'in_review' }],
  return: [{ by: 'data_owner', from: ['in_review'], to: 'returned' }],
  approve: [
    { by: 'data_owner', from: ['in_review'], to: 'approved' },
    { by: 'broker', from: ['submitted'], to: 'approved' },
  ],
  refuse: [
    { by: 'data_owner', from: ['in_review'], to: 'refused' },
    { by: 'broker', from: ['submitted'], to: 'refused' },
  ],
  withdraw: [
    { by: 'requester', from: ['draft', 'submitted', 'in_review', 'returned'], to: 'withdrawn' },
  ],
  close: [{ by: 'broker', from: ['approved'], to: 'closed' }],
  lapse: [{ by: 'broker', from: ['returned'], to: 'lapsed' }],
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveAccessRequest(
  from: AccessRequestStatus,
  move: AccessRequestMove,
  by: Transition['by'],
): AccessRequestStatus {
  const transition = ACCESS_REQUEST_TRANSITIONS[move].find(
    (candidate) => candidate.by === by && candidate.from.includes(from),
  );
  if (!transition) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}
