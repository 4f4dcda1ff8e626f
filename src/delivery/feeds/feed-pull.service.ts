import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { DeliveryCaller } from '../delivery.types.js';
import { FeedCursors } from './feed-cursors.js';
import { FeedEntriesRepository } from './feed-entries.repository.js';
import { requireFeed } from './require-feed.js';
import { numbersText, toFeedEntryView } from './feed-view.js';

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
    const position = { ...grant, after };
    const found = (await this.entries.after([position], limit)).get(grant.id) ?? [];
    const visible = found.filter(({ isVisible }) => isVisible);
    const last = found.at(-1)?.number ?? after;
    if (visible.length > 0) {
      const range = numbersText(after, last);
      await this.use.commit(admission, 'feed.delivered', { count: visible.length, range });
    }
    const place = { publicUrl: this.config.publicUrl, grantId: grant.id };
    const lines: object[] = visible.map((entry) => ({
      cursor: this.cursors.issue(entry.number, grant),
      ...toFeedEntryView(entry, place),
    }));
    const nextCursor = this.cursors.issue(last, grant);
    const hasMore = found.length === limit;
    lines.push({ end: true, count: visible.length, hasMore, nextCursor });
    response.writeHead(200, HEADERS);
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}
