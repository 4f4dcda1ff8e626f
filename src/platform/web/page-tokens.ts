import { Inject, Injectable } from '@nestjs/common';
import type { Json } from '../../kernel/canonical-json.js';
import { Clock } from '../../kernel/clock.js';
import { issuePageToken, readPageToken } from '../../kernel/page-token.js';
import { Secrets } from '../secrets/secrets.service.js';
import type { PageOf } from './page-query.dto.js';

/** Signed page tokens for lists: bound to the caller and the query, and good for an hour. */
@Injectable()
export class PageTokens {
  private readonly key: Buffer;

  constructor(
    secrets: Secrets,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.key = secrets.key('page-token');
  }

  /**
   * The sort key after which the page starts, or null for the first page.
   * @param scope what the token belongs to: route, caller and filters.
   * @throws ConcordatError `page_token_invalid` (400)
   */
  read(token: string | undefined, scope: Json): Json {
    return token === undefined ? null : readPageToken(this.key, token, scope, this.clock.now());
  }

  /**
   * A page out of at most `pageSize + 1` rows: one more than asked tells that there is a next page.
   * @param sortKey what the next page starts after.
   */
  page<T>(rows: readonly T[], pageSize: number, scope: Json, sortKey: (row: T) => Json): PageOf<T> {
    const items = rows.slice(0, pageSize);
    const last = items.at(-1);
    const after = rows.length > pageSize && last !== undefined ? sortKey(last) : null;
    return { items, nextPageToken: this.next(after, scope) };
  }

  /** The token of the page that starts after this sort key; null when there is none. */
  next(after: Json, scope: Json): string | null {
    return after === null ? null : issuePageToken(this.key, { scope, after }, this.clock.now());
  }

  /** A token that is good until an instant of its own: a cursor, at which somebody comes back another day. */
  issue(after: Json, scope: Json, until: Date): string {
    return issuePageToken(this.key, { scope, after }, this.clock.now(), until);
  }
}
