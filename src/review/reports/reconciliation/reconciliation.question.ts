import { ConcordatError } from '../../../kernel/errors.js';
import type { ReconciliationQuestion } from './reconciliation.types.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** Reads are kept for so long. */
const MAX_DAYS = 90;

interface Asked {
  readonly datasetId?: string | undefined;
  readonly storeId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws ConcordatError `input_invalid` for a span that is empty, or longer than reads are kept. */
export function toQuestion(
  { datasetId, storeId, ...asked }: Asked,
  now: Date,
): ReconciliationQuestion {
  const to = asked.to === undefined ? now : new Date(asked.to);
  const from =
    asked.from === undefined
      ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS)
      : new Date(asked.from);
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  if (days <= 0 || days > MAX_DAYS) {
    const reason = `must be after from, and at most ${String(MAX_DAYS)} days after it`;
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/to', reason }] });
  }
  return { datasetId: datasetId ?? null, storeId: storeId ?? null, from, to };
}
