import {
  MAX_GROUPS,
  type AccountingQuestion,
  type AccountingRow,
} from './accounting.repository.js';

interface Sums {
  /** Transfers of objects, whole or cut. */
  readonly deliveries: number;
  readonly bytes: number;
  /** Pages of feeds: they tell of objects and carry none. */
  readonly feedPages: number;
}

type AccountingGroup = Omit<AccountingRow, 'bytes' | 'firstAt' | 'lastAt'> &
  Sums & { readonly firstAt: string; readonly lastAt: string };

/** What an organisation's data was given to whom: the accounting of disclosures. */
export interface AccountingView extends AccountingQuestion {
  readonly groups: readonly AccountingGroup[];
  /** False where there are more groups: the totals are of those shown. */
  readonly isComplete: boolean;
  readonly totals: Sums & { readonly recipients: number };
}

export function toAccountingView(
  question: AccountingQuestion,
  rows: readonly AccountingRow[],
): AccountingView {
  const groups = rows.slice(0, MAX_GROUPS).map(toGroup);
  return {
    ...question,
    groups,
    isComplete: rows.length <= MAX_GROUPS,
    totals: {
      recipients: new Set(groups.map(({ recipient }) => recipient.id)).size,
      deliveries: sumOf(groups.map(({ deliveries }) => deliveries)),
      bytes: sumOf(groups.map(({ bytes }) => bytes)),
      feedPages: sumOf(groups.map(({ feedPages }) => feedPages)),
    },
  };
}

function toGroup({ bytes, firstAt, lastAt, ...row }: AccountingRow): AccountingGroup {
  return {
    ...row,
    bytes: Number(bytes),
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
