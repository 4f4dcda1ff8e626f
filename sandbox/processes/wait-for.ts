import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/** Asks until the answer is yes. @throws Error naming `what`, after the limit. */
export async function waitFor(
  what: string,
  limitMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new Error(`${what} took longer than ${String(limitMs / 1000)} s.`);
    }
    await delay(POLL_MS);
  }
}
