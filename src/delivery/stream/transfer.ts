import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LiveStream } from '../live/live-streams.js';
import { holdTail } from './held-tail.js';
import { watchPace } from './pace.js';
import type { StreamLimits } from './stream-limits.js';

export interface Transfer {
  readonly body: Readable;
  readonly response: ServerResponse;
  readonly stream: LiveStream;
  readonly limits: StreamLimits;
  /** For a whole read of an object whose digest was sealed. */
  readonly sha256: string | null;
}

/**
 * Moves the store's bytes to the caller at the caller's pace: one chunk is in hand at a time, so memory does not grow with
 * the object. Counts into `stream.bytes` what is handed to the socket. Rejects when it is cut, whoever cut it.
 */
export async function transfer({
  body,
  response,
  stream,
  limits,
  sha256,
}: Transfer): Promise<void> {
  const { socket } = response;
  // Without a reset the kernel would still send what it holds, and the caller might take the rest for the end.
  const reset = (): void => {
    socket?.resetAndDestroy();
  };
  stream.signal.addEventListener('abort', reset, { once: true });
  // The store client's own limit also counts the time in which a slow caller keeps us from reading.
  (body as Partial<IncomingMessage>).setTimeout?.(0);
  const stopWatching = watchPace(response, stream, limits);
  try {
    await pipeline(
      body,
      async function* (source: AsyncIterable<Buffer>) {
        const timely = withIdleLimit(source, stream, limits.storeIdleMs);
        for await (const chunk of sha256 === null ? timely : holdTail(timely, sha256)) {
          // Before it is handed over: a cut may count a chunk too many and never one too few (GD-14).
          stream.bytes += chunk.length;
          yield chunk;
        }
      },
      response,
      { signal: stream.signal },
    );
  } finally {
    stopWatching();
    stream.signal.removeEventListener('abort', reset);
  }
}

async function* withIdleLimit(
  source: AsyncIterable<Buffer>,
  stream: LiveStream,
  idleMs: number,
): AsyncGenerator<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const startTimer = (): void => {
    timer = setTimeout(() => {
      stream.cut('store_idle');
    }, idleMs);
  };
  try {
    startTimer();
    for await (const chunk of source) {
      clearTimeout(timer);
      yield chunk;
      startTimer();
    }
  } finally {
    clearTimeout(timer);
  }
}
