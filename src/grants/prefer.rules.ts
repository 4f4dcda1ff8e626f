const MAX_WAIT_SECONDS = 10;
const RECEIPT = /(?:^|,)\s*receipt\s*(?:[,;]|$)/i;
const WAIT = /(?:^|,)\s*wait\s*=\s*(\d{1,4})\s*(?:[,;]|$)/i;

/**
 * How long the caller would wait for a receipt: `Prefer: receipt, wait=10` (RFC 7240).
 * @returns milliseconds, at most ten seconds; undefined when no receipt is asked for.
 */
export function receiptWaitOf(prefer: string | undefined): number | undefined {
  if (prefer === undefined || !RECEIPT.test(prefer)) {
    return undefined;
  }
  const seconds = Number(WAIT.exec(prefer)?.[1] ?? 0);
  return Math.min(seconds, MAX_WAIT_SECONDS) * 1_000;
}
