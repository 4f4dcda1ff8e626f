import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { DeliveryRecord } from '../access/delivery-record.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { Admission, CutReason, DeliveryGrant, TokenCaller } from '../delivery.types.js';
import { LiveStreams, type LiveStream } from '../live/live-streams.js';
import { FeedCursors } from './feed-cursors.js';
import type { FeedEntry } from './feed-entries.repository.js';
import { FeedFollower } from './feed-follower.js';
import { FeedHub } from './feed-hub.js';
import { requireFeed } from './require-feed.js';
import { toFeedEntryView } from './feed-view.js';

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'private, no-store',
  // Some proxies hold back what is not asked for in pieces.
  'X-Accel-Buffering': 'no',
};

/** A feed as Server-Sent Events: every entry once and in order, from a cursor on, until the token or the grant ends. */
@Injectable()
export class FeedEvents {
  private readonly log = new Logger(FeedEvents.name);

  // eslint-disable-next-line max-params -- one event stream's whole life
  constructor(
    private readonly access: GrantAccess,
    private readonly use: GrantUse,
    private readonly cursors: FeedCursors,
    private readonly live: LiveStreams,
    private readonly hub: FeedHub,
    private readonly record: DeliveryRecord,
    private readonly database: Database,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * Throws only while nothing has been sent.
   * @param cursor where the reader stands: what it last had as the id of an event.
   * @throws ConcordatError `page_token_invalid` (400), `no_delivery_mode` (409), `rate_limited` (429), and what
   * `GrantAccess.admit` and `GrantUse.commit` throw.
   */
  async send(
    caller: TokenCaller,
    cursor: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const admission = await this.access.admit(caller);
    const { grant } = admission;
    requireFeed(grant);
    const after = this.cursors.read(cursor, grant);
    this.hub.requireRoom(grant.personId);
    const stream = this.live.open(grant);
    try {
      const position = { ...grant, id: this.ids.next(), after };
      const writer = { event: (entry: FeedEntry) => this.event(entry, grant) };
      const follower = new FeedFollower(position, stream, response, writer);
      await this.use.commit(admission, 'feed.subscribed', {});
      await this.follow(follower, caller.tokenExpiresAt, response);
      await this.recordEnd(admission, follower);
    } finally {
      this.live.close(stream);
    }
  }

  private async follow(
    follower: FeedFollower,
    until: Date,
    response: ServerResponse,
  ): Promise<void> {
    const { stream } = follower;
    response.writeHead(200, HEADERS);
    response.write('retry: 1000\n\n');
    this.hub.add(follower);
    try {
      await this.ended(stream, until, response);
    } finally {
      this.hub.remove(follower);
    }
    finish(stream, response);
  }

  // By its reader, by a cut, or by its token.
  private async ended(stream: LiveStream, until: Date, response: ServerResponse): Promise<void> {
    const over = new AbortController();
    const end = (): void => {
      over.abort();
    };
    response.once('close', end);
    stream.signal.addEventListener('abort', end, { once: true });
    try {
      if (!response.closed && !stream.signal.aborted) {
        const left = Math.max(0, until.getTime() - this.clock.now().getTime());
        await pause(left, undefined, { signal: over.signal, ref: false });
      }
    } catch {
      // Ended before its token did.
    } finally {
      response.off('close', end);
      stream.signal.removeEventListener('abort', end);
    }
  }

  private event(entry: FeedEntry, grant: DeliveryGrant): string {
    const place = { publicUrl: this.config.publicUrl, grantId: grant.id };
    const { type, ...data } = toFeedEntryView(entry, place);
    const id = this.cursors.issue(entry.number, grant);
    return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  // The names are out: what cannot be written now is told by the event of the beginning alone.
  private async recordEnd(admission: Admission, { stream, count }: FeedFollower): Promise<void> {
    try {
      const record = await this.record.prepareEnd('feed.ended', admission, {
        count,
        reasonCodes: [stream.reason ?? 'client_gone'],
      });
      await this.database.transaction((tx) => this.record.write(tx, record));
    } catch (error) {
      this.log.error({
        msg: 'The end of a feed was not written',
        code: 'feed_end_unwritten',
        err: error,
      });
    }
  }
}

/** Says why, where the reader may know, and closes. */
function finish(stream: LiveStream, response: ServerResponse): void {
  if (response.closed) {
    return;
  }
  if (isRevoked(stream.reason)) {
    response.end(`event: grant.revoked\ndata: ${JSON.stringify({ reason: stream.reason })}\n\n`);
    // Whoever does not read on is not waited for.
    response.socket?.setTimeout(1_000, () => response.destroy());
  } else if (stream.reason === undefined) {
    response.end();
  } else {
    response.destroy();
  }
}

function isRevoked(reason: CutReason | undefined): boolean {
  return reason === 'grant_ended' || reason === 'grant_expired';
}
