import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { DeliveryGrantsRepository } from '../access/delivery-grants.repository.js';
import { DeliveryRecord } from '../access/delivery-record.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { isLive } from '../access/grant-liveness.rules.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { Admission, CutReason, DeliveryGrant, TokenCaller } from '../delivery.types.js';
import { LiveStreams, type LiveStream } from '../live/live-streams.js';
import { FeedCursors } from './feed-cursors.js';
import type { FeedEntry } from './feed-entries.repository.js';
import { FeedFollower } from './feed-follower.js';
import { FeedHub } from './feed-hub.js';
import { requireFeed } from './require-feed.js';
import { numbersText, toFeedEntryView } from './feed-view.js';

const FINISH_MS = 1_000;
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
    private readonly grants: DeliveryGrantsRepository,
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
   * @param asked `cursor`: where the reader stands, what it last had as the id of an event; `isHead`: the headers alone.
   * @throws ConcordatError `page_token_invalid` (400), `no_delivery_mode` (409), `rate_limited` (429), and what
   * `GrantAccess.admit` and `GrantUse.commit` throw.
   */
  async send(
    caller: TokenCaller,
    { cursor, isHead }: { readonly cursor: string | undefined; readonly isHead: boolean },
    response: ServerResponse,
  ): Promise<void> {
    const admission = await this.access.admit(caller);
    const { grant } = admission;
    requireFeed(grant);
    const after = this.cursors.read(cursor, grant);
    if (isHead) {
      response.writeHead(200, HEADERS).end();
      return;
    }
    const giveBack = this.hub.takePlace(grant.personId);
    try {
      await this.open(admission, after, caller.tokenExpiresAt, response);
    } finally {
      giveBack();
    }
  }

  private async open(
    admission: Admission,
    after: number,
    until: Date,
    response: ServerResponse,
  ): Promise<void> {
    const { grant } = admission;
    const stream = this.live.open(grant, admission.clientId);
    try {
      const position = { ...grant, id: this.ids.next(), after };
      const writer = { event: (entry: FeedEntry) => this.event(entry, grant) };
      const follower = new FeedFollower(position, stream, response, writer);
      await this.use.commit(admission, 'feed.subscribed', {});
      await this.follow(follower, until, response);
      await this.recordEnd(admission, follower, after);
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
    await this.finish(stream, response);
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
  private async recordEnd(
    admission: Admission,
    { stream, count, position }: FeedFollower,
    after: number,
  ): Promise<void> {
    try {
      const record = await this.record.prepareEnd('feed.ended', admission, {
        count,
        range: numbersText(after, position.after),
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

  // Says that the grant is over, where it is: a cut for another epoch means a new token, and to go on.
  private async finish(stream: LiveStream, response: ServerResponse): Promise<void> {
    if (response.closed) {
      return;
    }
    // Whoever does not read on is not waited for, whatever else is still to be sent.
    const deadline = setTimeout(() => response.destroy(), FINISH_MS);
    response.once('close', () => {
      clearTimeout(deadline);
    });
    const { reason } = stream;
    if (reason !== undefined && !isOfGrant(reason)) {
      response.destroy();
    } else if (reason !== undefined && (await this.isOver(stream.grantId))) {
      response.end(`event: grant.revoked\ndata: ${JSON.stringify({ reason })}\n\n`);
    } else {
      response.end();
    }
  }

  private async isOver(grantId: string): Promise<boolean> {
    try {
      const grant = await this.grants.find(this.database.manager, grantId);
      return !grant || !isLive(grant, grant.epoch, this.clock.now());
    } catch {
      // Then the next request will hear it.
      return false;
    }
  }
}

function isOfGrant(reason: CutReason): boolean {
  return reason === 'grant_ended' || reason === 'grant_expired';
}
