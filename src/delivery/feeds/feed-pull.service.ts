import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { Admission, DeliveryCaller } from '../delivery.types.js';
import { FeedCursors } from './feed-cursors.js';
import { FeedEntriesRepository } from './feed-entries.repository.js';
import { requireFeed } from './require-feed.js';
import { numbersText, toFeedEntryView, type FeedEntryView } from './feed-view.js';

/** What came after a cursor, each with the cursor after itself, and from which to go on. */
interface FeedPage {
  readonly entries: readonly FeedEntryView[];
  readonly cursors: readonly string[];
  readonly hasMore: boolean;
  readonly nextCursor: string;
}

const HEADERS = { 'Content-Type': 'application/x-ndjson' };

/** What is new in a feed since a cursor, as NDJSON: for whoever looks now and then. */
@Injectable()
export class FeedPull {
  constructor(
    private readonly access: GrantAccess,
    private readonly use: GrantUse,
    private readonly cursors: FeedCursors,
    private readonly entries: FeedEntriesRepository,
    @Inject(Config) private readonly config: Config,
  ) {}

  /**
   * Each line has the cursor after itself; the last line says `end`, with the cursor from which to go on. An answer that
   * tells of nothing is no event.
   * @throws ConcordatError `page_token_invalid` (400), and what `GrantAccess.admit` throws.
   */
  async send(
    caller: DeliveryCaller,
    cursor: string | undefined,
    { limit, isHead }: { readonly limit: number; readonly isHead: boolean },
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
    const { entries, cursors, hasMore, nextCursor } = await this.take(admission, after, limit);
    const lines: object[] = entries.map((entry, at) => ({ cursor: cursors[at], ...entry }));
    lines.push({ end: true, count: entries.length, hasMore, nextCursor });
    response.writeHead(200, HEADERS);
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** The same for a page. @throws ConcordatError as `send` does. */
  async read(caller: DeliveryCaller, cursor: string | undefined, limit: number): Promise<FeedPage> {
    const admission = await this.access.admit(caller);
    requireFeed(admission.grant);
    return this.take(admission, this.cursors.read(cursor, admission.grant), limit);
  }

  private async take(admission: Admission, after: number, limit: number): Promise<FeedPage> {
    const { grant } = admission;
    const found = (await this.entries.after([{ ...grant, after }], limit)).get(grant.id) ?? [];
    const visible = found.filter(({ isVisible }) => isVisible);
    const last = found.at(-1)?.number ?? after;
    if (visible.length > 0) {
      const range = numbersText(after, last);
      await this.use.commit(admission, 'feed.delivered', { count: visible.length, range });
    }
    const place = { publicUrl: this.config.publicUrl, grantId: grant.id };
    return {
      entries: visible.map((entry) => toFeedEntryView(entry, place)),
      cursors: visible.map((entry) => this.cursors.issue(entry.number, grant)),
      hasMore: found.length === limit,
      nextCursor: this.cursors.issue(last, grant),
    };
  }
}
