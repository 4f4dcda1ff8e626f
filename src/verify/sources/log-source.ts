import { unreadable } from '../refusal.js';

const MAX_CHECKPOINT_BYTES = 1_000_000;

/** A log's objects by their paths under it, as a folder or a server holds them (C2SP tlog-tiles). */
export interface LogSource {
  /** @returns undefined where there is no such object. @throws Refusal `io`, or `badInput` when it is over `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** Ends what is under way. */
  close(): void;
}

/** @throws Refusal `io` where there is none: this is no log. */
export async function readCheckpoint(source: LogSource): Promise<Buffer> {
  const bytes = await source.read('checkpoint', MAX_CHECKPOINT_BYTES);
  if (!bytes) {
    throw unreadable('there is no checkpoint: it is no log', { object: 'checkpoint' });
  }
  return bytes;
}
