import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal, refusalOf } from '../broker.js';
import { ClientError, EXIT } from '../client-error.js';
import type { Grant } from '../grant.js';
import type { ObjectFile } from './object-file.js';
import type { RemoteObject } from './object-list.js';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;
const IDLE_MS = 60_000;

/** What became of one object. */
export type Outcome = 'fetched' | 'there' | 'taken';

/**
 * Fetches one object: goes on where an earlier try ended, tries again when the connection breaks, and believes nothing that
 * does not fit its checksum.
 * @param each is told of each chunk of bytes; of a negative number when bytes are fetched anew.
 * @throws ClientError for what trying again does not mend.
 */
export async function fetchObject(
  grant: Grant,
  object: RemoteObject,
  file: ObjectFile,
  each: (bytes: number) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await tryOnce(grant, object, file, each);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) {
        throw error;
      }
      if (error instanceof Refusal && error.status === 401) {
        await grant.renew();
      }
      // Not all at once, when many were cut together.
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + jitter()));
    }
  }
}

async function tryOnce(
  grant: Grant,
  object: RemoteObject,
  file: ObjectFile,
  each: (bytes: number) => void,
): Promise<void> {
  const have = await file.partSize();
  if (have < object.size || object.size === 0) {
    const idle = new AbortController();
    const answer = await ask(grant, object, have, idle.signal);
    const at = answer.status === 206 ? have : 0;
    each(at - have);
    await file.append(timely(answer.body ?? empty(), idle), at, each);
  }
  if (!(await file.finish())) {
    each(-object.size);
    throw new ChecksumError(object.name);
  }
}

class ChecksumError extends ClientError {
  constructor(name: string) {
    super(EXIT.failed, `${name}: the bytes are not those that were sealed`);
  }
}

// A URL of the store itself is no place for the broker's token.
async function ask(
  grant: Grant,
  { url, etag }: RemoteObject,
  have: number,
  signal: AbortSignal,
): Promise<Response> {
  const range = have === 0 ? {} : { range: `bytes=${String(have)}-`, 'if-match': etag };
  const headers = { ...range, ...(await grant.headers('GET', url)) };
  let answer = await fetch(url, { headers, redirect: 'manual', signal });
  const location = answer.status === 307 ? answer.headers.get('location') : null;
  if (location !== null) {
    await answer.body?.cancel();
    answer = await fetch(location, { headers: range, redirect: 'error', signal });
  }
  if (answer.status !== 200 && answer.status !== 206) {
    throw await refusalOf(answer);
  }
  return answer;
}

async function* timely(
  body: AsyncIterable<Uint8Array>,
  idle: AbortController,
): AsyncGenerator<Uint8Array> {
  const timer = setTimeout(() => {
    idle.abort(new Error('Nothing came for a minute'));
  }, IDLE_MS);
  try {
    for await (const chunk of body) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- an empty body is read as any other
async function* empty(): AsyncGenerator<Uint8Array> {
  yield* [];
}

function isPassing(error: unknown): boolean {
  if (error instanceof Refusal) {
    const { status, code } = error;
    return status === 401 || status === 429 || status >= 500 || code === 'object_changed';
  }
  return error instanceof ChecksumError || !(error instanceof ClientError);
}

function jitter(): number {
  return randomInt(256) / 255;
}
