import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { DeliveryCaller } from '../delivery.types.js';
import { FeedCursors } from './feed-cursors.js';
import { FeedEntriesRepository } from './feed-entries.repository.js';
import { requireFeed } from './require-feed.js';
import { toFeedEntryView } from './feed-view.js';

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
    limit: number,
    response: ServerResponse,
  ): Promise<void> {
    const admission = await this.access.admit(caller);
    const { grant } = admission;
    requireFeed(grant);
    const after = this.cursors.read(cursor, grant);
    const position = { ...grant, after };
    const found = (await this.entries.after([position], limit)).get(grant.id) ?? [];
    const visible = found.filter(({ isVisible }) => isVisible);
    if (visible.length > 0) {
      await this.use.commit(admission, 'feed.delivered', { count: visible.length });
    }
    const place = { publicUrl: this.config.publicUrl, grantId: grant.id };
    const lines: object[] = visible.map((entry) => ({
      cursor: this.cursors.issue(entry.number, grant),
      ...toFeedEntryView(entry, place),
    }));
    const nextCursor = this.cursors.issue(found.at(-1)?.number ?? after, grant);
    lines.push({ end: true, count: visible.length, nextCursor });
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}
