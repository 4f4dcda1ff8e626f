import { Injectable } from '@nestjs/common';
import { PageTokens } from '../../platform/web/page-tokens.js';
import type { DeliveryGrant } from '../delivery.types.js';

/**
 * Where a follower of a feed stands, signed. A cursor belongs to the grant and its holder and lives as long as the grant:
 * whoever comes back after a night, with another token and perhaps another epoch, misses nothing.
 */
@Injectable()
export class FeedCursors {
  constructor(private readonly tokens: PageTokens) {}

  /**
   * @returns the number after which to go on.
   * @throws ConcordatError `page_token_invalid` (400) for a cursor of another grant, and for what is none.
   */
  read(cursor: string | undefined, grant: DeliveryGrant): number {
    return (this.tokens.read(cursor, scopeOf(grant)) as number | null) ?? grant.feedAfter ?? 0;
  }

  issue(after: number, grant: DeliveryGrant): string {
    return this.tokens.issue(after, scopeOf(grant), grant.expiresAt);
  }
}

function scopeOf({ id, personId }: DeliveryGrant) {
  return { route: 'grant-feed', grantId: id, sub: personId };
}
