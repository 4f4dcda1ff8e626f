const TIMEOUT_MS = 5_000;
const MAX_BYTES = 262_144;

/**
 * GETs or POSTs and parses JSON from a configured address: 5 s, 256 KiB, no redirects.
 * @throws Error for anything but a 2xx answer with one JSON value.
 */
export async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The OpenID provider answered ${String(response.status)}`);
  }
  return JSON.parse(await readBounded(response)) as unknown;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_BYTES) {
      throw new Error('The OpenID provider answered more than 256 KiB');
    }
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString();
}
