/** Loads 0 to count − 1 in order, a few at a time. */
export async function* lookAhead<T>(
  count: bigint,
  atOnce: number,
  load: (n: bigint) => Promise<T>,
): AsyncGenerator<T> {
  const pending: Promise<T>[] = [];
  let next = 0n;
  for (;;) {
    while (next < count && pending.length < atOnce) {
      const loading = load(next);
      // One that nobody waits for any more, since an earlier one failed, is nobody's business.
      loading.catch(() => undefined);
      pending.push(loading);
      next += 1n;
    }
    const first = pending.shift();
    if (!first) {
      return;
    }
    yield await first;
  }
}
