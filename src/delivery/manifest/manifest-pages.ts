import { Injectable } from '@nestjs/common';
import type { PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import type { DeliveryGrant, ManifestEntry } from '../delivery.types.js';
import { ManifestRepository } from './manifest.repository.js';

/** Pages of a grant's sealed manifest. Their tokens belong to the grant, its epoch, its holder and the version (GD-17). */
@Injectable()
export class ManifestPages {
  constructor(
    private readonly manifest: ManifestRepository,
    private readonly tokens: PageTokens,
  ) {}

  /** @throws ConcordatError `page_token_invalid` (400) */
  async read(
    grant: DeliveryGrant,
    pageToken: string | undefined,
    pageSize: number,
  ): Promise<PageOf<ManifestEntry>> {
    const { id, epoch, personId, datasetVersion } = grant;
    const scope = {
      route: 'grant-objects',
      grantId: id,
      epoch,
      sub: personId,
      query: datasetVersion,
    };
    // The empty string sorts before every name.
    const after = (this.tokens.read(pageToken, scope) as string | null) ?? '';
    const rows = await this.manifest.page(grant, after, pageSize + 1);
    return this.tokens.page(rows, pageSize, scope, ({ name }) => name);
  }
}
