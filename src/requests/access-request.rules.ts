import { ConcordatError } from '../kernel/errors.js';
import { NO_STORE } from './no-store.js';

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

const EDITABLE: readonly AccessRequestStatus[] = ['draft', 'returned'];
const RENEWABLE: readonly AccessRequestStatus[] = ['approved', 'closed'];
const ACCEPTING: readonly AccessRequestStatus[] = ['in_review', 'approved'];

/** What lies with the requester may be changed. @throws ConcordatError `transition_not_allowed` */
export function checkEditable(from: AccessRequestStatus): void {
  if (!EDITABLE.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move: 'edit' });
  }
}

/** What was approved once may be asked for again (R3.23). @throws ConcordatError `transition_not_allowed` */
export function checkRenewable(from: AccessRequestStatus): void {
  if (!RENEWABLE.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move: 'renew' });
  }
}

/** A draft and a returned request accept the terms when submitted. @throws ConcordatError `transition_not_allowed` */
export function checkAccepting(from: AccessRequestStatus): void {
  if (!ACCEPTING.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move: 'undertaking' });
  }
}

/** What a new request asks for, and what it has to fit. */
export interface RequestFit {
  readonly project: { readonly status: string; readonly purposes: readonly string[] };
  readonly agreement: { readonly modes: readonly string[]; readonly hasDataset: boolean };
  readonly today: string;
}

/**
 * Judges a new request. Whether its purpose fits the agreement is policy's to say, when the request is submitted.
 * @returns the delivery mode: the one asked for, or the agreement's first.
 * @param item where in the body the dataset and the delivery stand: the request itself, or an item of a form.
 * @throws ConcordatError `input_invalid` that names each field
 */
export function fitRequest(
  asked: { readonly purpose: string; readonly until: string; readonly delivery?: string },
  { project, agreement, today }: RequestFit,
  item = '',
): string {
  const delivery = asked.delivery ?? agreement.modes[0] ?? '';
  const faults = [
    project.status === 'closed' && { pointer: '/projectId', reason: 'is closed' },
    !project.purposes.includes(asked.purpose) && {
      pointer: '/purpose',
      reason: 'is no purpose of the project',
    },
    !agreement.hasDataset && {
      pointer: `${item}/datasetId`,
      reason: 'is no item of the agreement',
    },
    !agreement.modes.includes(delivery) && {
      pointer: `${item}/delivery`,
      reason: `must be one of ${agreement.modes.join(', ')}`,
    },
    asked.until < today && { pointer: '/until', reason: 'must not be in the past' },
  ];
  const errors = faults.filter((fault) => fault !== false);
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
  return delivery;
}

/** What a submission has to stand on. */
export interface SubmissionFacts {
  readonly request: { readonly status: AccessRequestStatus; readonly untilOn: string };
  readonly affiliation: unknown;
  readonly project: {
    readonly status: string;
    readonly endsOn: string;
    readonly isMember: boolean;
  };
  readonly store: unknown;
  readonly agreement: {
    readonly status: string;
    readonly partyStatus: string | null;
    readonly providerStatus: string | null;
    readonly versionHash: string | null;
  };
}

/**
 * The guard of draft → submitted (domain.md section 3).
 * @param versionHash what the requester read and undertakes to keep.
 * @throws ConcordatError
 */
export function checkSubmittable(
  { request, affiliation, project, agreement, store }: SubmissionFacts,
  versionHash: string,
  today: string,
): void {
  if (!project.isMember || !affiliation) {
    throw new ConcordatError('affiliation_ended');
  }
  // The sweep closes an ended project later; the date counts at once (R3.25).
  if (project.status !== 'active' || project.endsOn < today) {
    const detail = 'Its project is not active.';
    throw new ConcordatError('transition_not_allowed', {
      from: request.status,
      move: 'submit',
      detail,
    });
  }
  const { status, partyStatus, providerStatus } = agreement;
  if ([status, partyStatus, providerStatus].some((part) => part !== 'active')) {
    throw new ConcordatError('agreement_not_active');
  }
  if (store === null) {
    throw new ConcordatError('dataset_unavailable', NO_STORE);
  }
  if (agreement.versionHash !== versionHash) {
    throw new ConcordatError('undertaking_stale', { currentHash: agreement.versionHash });
  }
  if (request.untilOn < today) {
    const reason = 'must not be in the past';
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/until', reason }] });
  }
}
