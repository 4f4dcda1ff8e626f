import { ConcordatError } from '../../kernel/errors.js';
import { addDays, endOfDay, londonDay } from '../../kernel/london-day.js';

export const CLOSURE_STATUSES = ['due', 'attested', 'verified', 'overdue'] as const;
export type ClosureStatus = (typeof CLOSURE_STATUSES)[number];
export type ClosureMove = 'attest' | 'verify' | 'overdue';

/**
 * domain.md section 3, "Reminders and closure". A late certificate is still one: overdue → attested is what lifts the
 * block of R3.20.
 */
export const CLOSURE_TRANSITIONS: Readonly<
  Record<ClosureMove, { readonly from: readonly ClosureStatus[]; readonly to: ClosureStatus }>
> = {
  attest: { from: ['due', 'overdue'], to: 'attested' },
  verify: { from: ['attested'], to: 'verified' },
  overdue: { from: ['due'], to: 'overdue' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveClosure(from: ClosureStatus, move: ClosureMove): ClosureStatus {
  const transition = CLOSURE_TRANSITIONS[move];
  if (!transition.from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}

/** The end of the last London day on which a certificate is in time. */
export function dueAt(now: Date, disposalDays: number): Date {
  return endOfDay(addDays(londonDay(now), disposalDays));
}

const DISPOSED: Readonly<Record<string, string>> = {
  destroy: 'destroyed',
  return: 'returned',
  archive: 'archived',
};

/** What a certificate has to agree with: the use that it closes. */
export interface ClosedUse {
  /** What the agreement asks for: `destroy`, `return` or `archive`; null where its terms name nothing. */
  readonly disposal: string | null;
  /** The London day of the first grant. */
  readonly firstGrantedOn: string;
  /** True when bytes, URLs or credentials left for any of its grants. */
  readonly isFetched: boolean;
}

/** What a certificate says, as far as it can be held against the use that it closes. */
export interface StatedDisposal {
  readonly objects: readonly unknown[];
  readonly disposal: string;
  readonly disposedOn: string;
  readonly residualBackupsEndOn?: string;
}

/**
 * A certificate is believed in what only its author can know, and in nothing that the broker knows better.
 * @param today a London day, as all days of it.
 * @throws ConcordatError `input_invalid` that names each field
 */
export function checkCertificate(
  certificate: StatedDisposal,
  use: ClosedUse | undefined,
  today: string,
): void {
  const { disposedOn, residualBackupsEndOn, disposal, objects } = certificate;
  const asked = DISPOSED[use?.disposal ?? ''];
  const faults: readonly (readonly [boolean, string, string])[] = [
    [
      asked !== undefined && disposal !== asked,
      '/disposal',
      `must be ${String(asked)}, as the agreement says`,
    ],
    [
      objects.length === 0 && use?.isFetched === true,
      '/objects',
      'must name what became of the objects that were fetched',
    ],
    [disposedOn > today, '/disposedOn', 'must not be in the future'],
    [
      use !== undefined && disposedOn < use.firstGrantedOn,
      '/disposedOn',
      'must not be before the first grant',
    ],
    [
      residualBackupsEndOn !== undefined && residualBackupsEndOn < disposedOn,
      '/residualBackupsEndOn',
      'must not be before disposedOn',
    ],
  ];
  const errors = faults
    .filter(([isFault]) => isFault)
    .map(([, field, reason]) => ({ pointer: `/certificate${field}`, reason }));
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
