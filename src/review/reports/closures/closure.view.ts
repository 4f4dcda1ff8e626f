import type { ClosurePosition, OpenClosureRow } from './closures.repository.js';

const DAY_MS = 86_400_000;

/** Data that should be gone, as far as anybody has vouched for it. People by pseudonym (R5.7). */
export interface OpenClosureView extends Pick<
  OpenClosureRow,
  | 'id'
  | 'state'
  | 'organisation'
  | 'provider'
  | 'project'
  | 'agreement'
  | 'disposal'
  | 'datasets'
  | 'isFetched'
> {
  readonly openedAt: string;
  /** The end of the last day on which a certificate is in time. */
  readonly dueAt: string;
  /** Whole days since then; null unless it is overdue. */
  readonly daysLate: number | null;
  /** Null until somebody attests; nobody has verified it yet. */
  readonly certificate: {
    readonly hash: string | null;
    readonly attestedAt: string;
    readonly attestedBy: string | null;
  } | null;
}

export function toOpenClosureView(row: OpenClosureRow, now: Date): OpenClosureView {
  const { state, dueAt, attestedAt } = row;
  const lateMs = now.getTime() - dueAt.getTime();
  return {
    id: row.id,
    state,
    organisation: row.organisation,
    provider: row.provider,
    project: row.project,
    agreement: row.agreement,
    disposal: row.disposal,
    datasets: row.datasets,
    isFetched: row.isFetched,
    openedAt: row.openedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    daysLate: state === 'overdue' ? Math.max(0, Math.floor(lateMs / DAY_MS)) : null,
    certificate: attestedAt && {
      hash: row.certificateHash,
      attestedAt: attestedAt.toISOString(),
      attestedBy: row.attestedBy,
    },
  };
}

export function positionOf({ dueAt, id }: OpenClosureRow): ClosurePosition {
  return { dueAt: dueAt.toISOString(), id };
}
