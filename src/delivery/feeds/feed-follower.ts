import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { LiveStream } from '../live/live-streams.js';
import type { FeedEntry, FeedPosition } from './feed-entries.repository.js';

/** How an entry is written as a Server-Sent Event. */
export interface FeedWriter {
  event(entry: FeedEntry): string;
}

/** One open event stream: where it stands, and what it may be given. */
export class FeedFollower {
  private readonly log = new Logger(FeedFollower.name);
  /** How many entries its reader was told of. */
  count = 0;
  private waitingSince: number | undefined;

  constructor(
    private at: FeedPosition,
    readonly stream: LiveStream,
    private readonly response: ServerResponse,
    private readonly writer: FeedWriter,
  ) {}

  get position(): FeedPosition {
    return this.at;
  }

  /** False while its reader has not taken what it was given: nothing more is read for it, so nothing piles up. */
  get isReady(): boolean {
    return !this.response.writableNeedDrain && !this.stream.signal.aborted;
  }

  tell(entries: readonly FeedEntry[]): void {
    const last = entries.at(-1);
    if (!last) {
      return;
    }
    const visible = entries.filter(({ isVisible }) => isVisible);
    this.write(visible.map((entry) => this.writer.event(entry)).join(''));
    this.count += visible.length;
    this.at = { ...this.at, after: last.number };
  }

  /** A comment, so that whatever lies between does not take the stream for dead. */
  keepAlive(): void {
    if (this.isReady) {
      this.write(': \n\n');
    }
  }

  /** Cuts a stream whose reader has taken nothing for so long. */
  cutIfStuck(now: number, stuckMs: number): void {
    if (!this.response.writableNeedDrain) {
      this.waitingSince = undefined;
      return;
    }
    this.waitingSince ??= now;
    if (now - this.waitingSince >= stuckMs) {
      this.log.debug({ msg: 'A follower took nothing', code: 'client_slow' });
      this.stream.cut('client_slow');
    }
  }

  private write(text: string): void {
    if (text !== '') {
      this.stream.bytes += Buffer.byteLength(text);
      this.response.write(text);
    }
  }
}
