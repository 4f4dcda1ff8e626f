import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningSandbox } from '../../sandbox/sandbox.js';

const POLL_MS = 20;

/** @returns for each of so many grants the milliseconds from its answer to its receipt. */
export async function receiptLatencies(
  { callers, seeded }: RunningSandbox,
  grants: number,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  const { researcher } = callers;
  for (let at = 0; at < grants; at += 1) {
    const { id } = await researcher.post<{ id: string }>(
      '/api/v1/grants',
      { accessRequestId: seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const answeredAt = performance.now();
    while ((await statusOf(researcher, id)) !== 200) {
      await pause(POLL_MS);
    }
    latencies.push(performance.now() - answeredAt);
    await researcher.post(`/api/v1/grants/${id}/revoke`, { reason: 'Measured.' });
  }
  return latencies.sort((a, b) => a - b);
}

async function statusOf(
  researcher: RunningSandbox['callers']['researcher'],
  id: string,
): Promise<number> {
  const answer = await researcher.fetch(`/api/v1/grants/${id}/receipt`);
  await answer.arrayBuffer();
  return answer.status;
}
