import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { waitFor } from '../sandbox/processes/wait-for.js';
import type { RunningSandbox } from '../sandbox/sandbox.js';

export const LARGE_BYTES = 1024 ** 3;
export const LARGE_NAME = 'large.bin';
const PREFIX = 'stop-search/';
const BLOCK_BYTES = 1024 * 1024;
const SEAL_TIMEOUT_MS = 60_000;

export interface LargeGrant {
  readonly id: string;
  readonly token: string;
  readonly url: string;
}

/** Puts 1 GiB into the first store, as its owner does, and has the dataset sealed again with it. */
export async function putLargeObject({ stores, seeded, callers }: RunningSandbox): Promise<string> {
  const [store] = stores;
  const key = PREFIX + LARGE_NAME;
  await store?.files.put(key, Readable.from(blocks()), undefined);
  const path = `/api/v1/datasets/${seeded.datasets[0]?.id ?? ''}`;
  const versionNow = async (): Promise<string | null> =>
    (await callers.owner.get<{ sealedVersion: string | null }>(path)).sealedVersion;
  const before = await versionNow();
  await callers.owner.post(`${path}/seal`);
  await waitFor('Sealing', SEAL_TIMEOUT_MS, async () => (await versionNow()) !== before);
  return key;
}

export async function issueLarge({ callers, seeded }: RunningSandbox): Promise<LargeGrant> {
  const { accessRequestId } = seeded;
  const headers = { 'idempotency-key': randomUUID() };
  const grant = await callers.researcher.post<{ id: string; token: string; objectsUrl: string }>(
    '/api/v1/grants',
    { accessRequestId },
    headers,
  );
  return { id: grant.id, token: grant.token, url: `${grant.objectsUrl}/${LARGE_NAME}` };
}

// Not all alike, and the same in each run.
function* blocks(): Generator<Buffer> {
  for (let at = 0; at < LARGE_BYTES / BLOCK_BYTES; at += 1) {
    const seed = createHash('sha256').update(String(at)).digest();
    yield Buffer.alloc(BLOCK_BYTES, seed);
  }
}
