import { receiptWaitOf } from './prefer.rules.js';

describe('Prefer: receipt', () => {
  it.each([
    [undefined, undefined],
    ['wait=10', undefined],
    ['respond-async', undefined],
    ['receipts', undefined],
    ['receipt', 0],
    ['receipt, wait=3', 3_000],
    ['wait=3, receipt', 3_000],
    ['Receipt , Wait = 10', 10_000],
    ['receipt, wait=9999', 10_000],
    ['receipt, wait=-1', 0],
  ])('%s → %s ms', (prefer, wait) => {
    expect(receiptWaitOf(prefer)).toBe(wait);
  });
});
