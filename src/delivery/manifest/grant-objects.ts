import { Injectable } from '@nestjs/common';
import type { PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import type { DeliveryGrant, ManifestEntry } from '../delivery.types.js';
import { FeedEntriesRepository } from '../feeds/feed-entries.repository.js';
import { ManifestRepository } from './manifest.repository.js';

/** What a grant may read: its sealed version by name, or what lies in its feed now by number. */
@Injectable()
export class GrantObjects {
  constructor(
    private readonly manifest: ManifestRepository,
    private readonly feeds: FeedEntriesRepository,
    private readonly tokens: PageTokens,
  ) {}

  /** @returns undefined for a name that is not the grant's to read. */
  find(grant: DeliveryGrant, name: string): Promise<ManifestEntry | undefined> {
    return grant.feedAfter === null
      ? this.manifest.find(grant, name)
      : this.feeds.find(grant, name);
  }

  /** Reads where a page would begin, and no more. @throws ConcordatError `page_token_invalid` (400) */
  checkToken(grant: DeliveryGrant, pageToken: string | undefined): void {
    this.tokens.read(pageToken, scopeOf(grant));
  }

  /**
   * A page of them. Its tokens belong to the grant, its epoch, its holder and the version (GD-17).
   * @throws ConcordatError `page_token_invalid` (400)
   */
  async page(
    grant: DeliveryGrant,
    pageToken: string | undefined,
    pageSize: number,
  ): Promise<PageOf<ManifestEntry>> {
    const scope = scopeOf(grant);
    const after = this.tokens.read(pageToken, scope);
    if (grant.feedAfter === null) {
      // The empty string sorts before every name.
      const rows = await this.manifest.page(grant, (after as string | null) ?? '', pageSize + 1);
      return this.tokens.page(rows, pageSize, scope, ({ name }) => name);
    }
    const from = (after as number | null) ?? grant.feedAfter;
    const rows = await this.feeds.objects(grant, from, pageSize + 1);
    return this.tokens.page(rows, pageSize, scope, ({ number }) => number);
  }
}

function scopeOf({ id, epoch, personId, datasetVersion }: DeliveryGrant) {
  return { route: 'grant-objects', grantId: id, epoch, sub: personId, query: datasetVersion };
}
