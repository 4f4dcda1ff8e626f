import { ConcordatError } from '../kernel/errors.js';

export const DATASET_STATUSES = ['draft', 'published', 'frozen', 'withdrawn'] as const;
export type DatasetStatus = (typeof DATASET_STATUSES)[number];
export type DatasetMove = 'publish' | 'freeze' | 'unfreeze' | 'withdraw';

interface Transition {
  readonly from: readonly DatasetStatus[];
  readonly to: DatasetStatus;
}

/** domain.md section 3, "Store and dataset". Frozen: the description stays, access stops. */
const DATASET_TRANSITIONS: Readonly<Record<DatasetMove, Transition>> = {
  publish: { from: ['draft'], to: 'published' },
  freeze: { from: ['published'], to: 'frozen' },
  unfreeze: { from: ['frozen'], to: 'published' },
  withdraw: { from: ['published', 'frozen'], to: 'withdrawn' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveDataset(from: DatasetStatus, move: DatasetMove): DatasetStatus {
  if (!DATASET_TRANSITIONS[move].from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return DATASET_TRANSITIONS[move].to;
}

/** True for moves that end every grant on the dataset. */
export function stopsAccess(move: DatasetMove): boolean {
  return move === 'freeze' || move === 'withdraw';
}

/**
 * A feed has no manifest: its objects are numbered as they come. A frozen dataset may be sealed again, so that what was
 * wrong with it is mended before it opens.
 * @returns the store that it is read from.
 * @throws ConcordatError `transition_not_allowed` (409)
 */
export function requireSealable(dataset: {
  readonly kind: string;
  readonly status: DatasetStatus;
  readonly storeId: string | null;
}): string {
  const isLive = dataset.status === 'published' || dataset.status === 'frozen';
  if (dataset.kind !== 'files' || !isLive || dataset.storeId === null) {
    throw new ConcordatError('transition_not_allowed', {
      from: dataset.status,
      move: 'seal',
      detail: 'Only a published or frozen dataset of kind files that lies in a store is sealed.',
    });
  }
  return dataset.storeId;
}

/** Asks the worker for a seal. An attempt under way loses its claim: what it listed may be what the owner has just replaced. */
export function sealNow(now: Date) {
  return { sealDueAt: now, sealClaim: null, sealFault: null };
}
