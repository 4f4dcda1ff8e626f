import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, Problem } from '../api-client.js';
import { ApiError } from '../api-client.js';

const READ_TIMEOUT_MS = 30_000;

export interface IssuedGrant {
  readonly id: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly delivery: string;
  readonly token: string;
  readonly objectsUrl: string;
}

export interface ObjectEntry {
  readonly name: string;
  readonly size: number;
  readonly url: string;
}

/** The objects of a grant, as its manifest lists them. */
export async function listObjects(
  researcher: ApiClient,
  { objectsUrl, token }: IssuedGrant,
): Promise<readonly ObjectEntry[]> {
  const { status, body } = await researcher.try<{ objects: readonly ObjectEntry[] }>(
    'GET',
    objectsUrl,
    undefined,
    { authorization: `Bearer ${token}` },
  );
  if (status !== 200) {
    throw new ApiError(`GET ${objectsUrl}`, status, body);
  }
  return body.objects;
}

/** Reads an object whole. @returns the SHA-256 of its bytes, and how many there were. */
export async function readObject(
  researcher: ApiClient,
  { url }: ObjectEntry,
  token: string,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const response = await open(researcher, url, token);
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytesOf(response)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest('hex'), size };
}

export interface CutReading {
  /** Resolves once bytes have come. */
  readonly flowing: Promise<void>;
  /** Resolves when the transfer ends early; rejects when it comes to its end. */
  readonly cut: Promise<{ readonly at: number; readonly received: number }>;
  /** From now on only what is still on its way holds the reader up. */
  hurry(): void;
}

// Slow enough that an object is still under way when something happens to its grant; then fast enough to drain at once
// what the sockets held, and too slow to reach the end of the object if nothing cut it.
const SLOW_BYTES_PER_MS = 1_000;
const FAST_BYTES_PER_MS = 16_000;

/** Reads an object slowly, until told to hurry. */
export async function readSlowly(
  researcher: ApiClient,
  { url, size }: ObjectEntry,
  token: string,
): Promise<CutReading> {
  const response = await open(researcher, url, token);
  const flowing = Promise.withResolvers<undefined>();
  let rate = SLOW_BYTES_PER_MS;
  const read = async (): Promise<{ at: number; received: number }> => {
    let received = 0;
    try {
      for await (const chunk of bytesOf(response)) {
        received += chunk.length;
        flowing.resolve(undefined);
        await delay(chunk.length / rate);
      }
    } catch (error) {
      if (error instanceof DOMException) {
        throw new Error('The download was not cut in time', { cause: error });
      }
      return { at: performance.now(), received };
    }
    throw new Error(`The download came to its end: ${String(received)} of ${String(size)} bytes`);
  };
  const cut = read();
  cut.catch((error: unknown) => {
    flowing.reject(error);
  });
  return {
    flowing: flowing.promise,
    cut,
    hurry: () => {
      rate = FAST_BYTES_PER_MS;
    },
  };
}

async function open(researcher: ApiClient, url: string, token: string): Promise<Response> {
  const response = await researcher.fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  });
  if (response.status !== 200) {
    throw new ApiError(`GET ${url}`, response.status, (await response.json()) as Problem);
  }
  return response;
}

/** The body as it comes; empty when there is none. */
export function bytesOf({ body }: Response): AsyncIterable<Uint8Array> {
  return (body ?? []) as unknown as AsyncIterable<Uint8Array>;
}
