import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { hourlyReadings, LIVE_PREFIX } from '../seed-data/hourly-readings.js';
import type { PartnerStore } from './partner-stores.js';

/** An hour of the year comes each ten seconds, so that somebody who looks sees it move. */
const EVERY_MS = 10_000;

export interface LiveReadings {
  stop(): Promise<void>;
}

/** Puts the next hour's readings into the partner's store again and again, as the network's owner would, until it is stopped. */
export function startLiveReadings(
  store: PartnerStore,
  dataDir: string | undefined,
  onFault: (fault: unknown) => void,
): LiveReadings {
  const stopping = new AbortController();
  const running = pour(store, dataDir, stopping.signal).catch((fault: unknown) => {
    if (!stopping.signal.aborted) {
      onFault(fault);
    }
  });
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function pour(
  { files }: PartnerStore,
  dataDir: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  // Where an earlier start came to.
  const last = [...files.keys(LIVE_PREFIX, '')].at(-1)?.key ?? '';
  for await (const { key, text } of hourlyReadings(dataDir)) {
    signal.throwIfAborted();
    if (key > last) {
      await files.put(key, Readable.from([Buffer.from(text)]), undefined);
      await pause(EVERY_MS, undefined, { signal });
    }
  }
}
