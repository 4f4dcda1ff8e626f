import { ConcordatError } from '../../kernel/errors.js';

const DAY_MS = 86_400_000;

/** A span of time as asked for; an open end is null. Instants are RFC 3339 in UTC. */
export interface Period {
  readonly from: string | null;
  /** Not included. */
  readonly to: string | null;
}

interface AskedPeriod {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws ConcordatError `input_invalid` for an empty span. */
export function toPeriod({ from, to }: AskedPeriod): Period {
  const period = { from: inUtc(from), to: inUtc(to) };
  if (period.from !== null && period.to !== null && period.from >= period.to) {
    throw refused('must be after from');
  }
  return period;
}

/**
 * A span with both ends, for what is added up.
 * @param days its length where `from` is absent.
 * @param maxDays its greatest length.
 * @throws ConcordatError `input_invalid`
 */
export function toClosedPeriod(
  asked: AskedPeriod,
  now: Date,
  { days, maxDays }: { readonly days: number; readonly maxDays: number },
): { readonly from: string; readonly to: string } {
  const to = inUtc(asked.to) ?? now.toISOString();
  const from = inUtc(asked.from) ?? new Date(Date.parse(to) - days * DAY_MS).toISOString();
  const { from: first, to: last } = toPeriod({ from, to });
  if (Date.parse(to) - Date.parse(from) > maxDays * DAY_MS) {
    throw refused(`must be at most ${String(maxDays)} days after from`);
  }
  return { from: first ?? from, to: last ?? to };
}

function inUtc(instant: string | undefined): string | null {
  return instant === undefined ? null : new Date(instant).toISOString();
}

function refused(reason: string): ConcordatError {
  return new ConcordatError('input_invalid', { errors: [{ pointer: '/to', reason }] });
}
