import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LiveStream } from '../live/live-streams.js';
import { holdTail } from './held-tail.js';
import { watchPace } from './pace.js';
import { passBuffers } from './young-buffers.js';
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
  // Before the pipe closes the caller's connection over it, which would look as if the caller had gone.
  const blameStore = (): void => {
    stream.cut('store_failed');
  };
  body.once('error', blameStore);
  const stopWatching = watchPace(response, stream, limits);
  const store = watchStore(response, stream, limits.storeIdleMs);
  try {
    const { signal } = stream;
    const count = (chunk: Buffer): void => {
      stream.bytes += chunk.length;
      passBuffers(chunk.length);
    };
    if (sha256 === null) {
      // By listening, so that the chunks go from one socket to the other by a plain pipe. This listener is there before the
      // pipe's: a cut may count a chunk too many and never one too few (GD-14).
      body.on('data', (chunk: Buffer) => {
        store.gave();
        count(chunk);
      });
      await pipeline(body, response, { signal });
    } else {
      const source = checked(body, sha256, { gave: store.gave, count });
      await pipeline(source, response, { signal });
    }
  } finally {
    store.stop();
    stopWatching();
    stream.signal.removeEventListener('abort', reset);
  }
}

async function* checked(
  body: AsyncIterable<Buffer>,
  sha256: string,
  { gave, count }: { readonly gave: () => void; readonly count: (chunk: Buffer) => void },
): AsyncGenerator<Buffer> {
  const noted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      gave();
      yield chunk;
    }
  };
  for await (const chunk of holdTail(noted(), sha256)) {
    // Before it is handed over, as above.
    count(chunk);
    yield chunk;
  }
}

/** Cuts a stream whose store gives nothing for so long. While the caller has not taken what it has, nobody asks the store. */
function watchStore(
  response: ServerResponse,
  stream: LiveStream,
  idleMs: number,
): { readonly gave: () => void; readonly stop: () => void } {
  const timer = setTimeout(() => {
    if (response.writableNeedDrain) {
      timer.refresh();
    } else {
      stream.cut('store_idle');
    }
  }, idleMs);
  const refresh = (): void => {
    timer.refresh();
  };
  response.on('drain', refresh);
  return {
    gave: refresh,
    stop: () => {
      clearTimeout(timer);
      response.off('drain', refresh);
    },
  };
}
