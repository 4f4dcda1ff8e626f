import type { ServerResponse } from 'node:http';
import type { LiveStream } from '../live/live-streams.js';
import type { StreamLimits } from './stream-limits.js';

const SAMPLES = 6;

/**
 * Cuts a stream whose caller takes less than the least pace over a whole window while bytes wait for it. A slow store is no
 * fault of the caller: then nothing waits.
 * @returns ends the watch.
 */
export function watchPace(
  response: ServerResponse,
  stream: LiveStream,
  { paceWindowMs, paceBytesPerSecond }: StreamLimits,
): () => void {
  const taken: number[] = [stream.bytes];
  const least = (paceBytesPerSecond * paceWindowMs) / 1000;
  const timer = setInterval(() => {
    taken.push(stream.bytes - response.writableLength);
    if (taken.length > SAMPLES) {
      const before = taken.shift() ?? 0;
      const now = taken.at(-1) ?? 0;
      if (now - before < least && response.writableLength > 0) {
        stream.cut('client_slow');
      }
    }
  }, paceWindowMs / SAMPLES);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
