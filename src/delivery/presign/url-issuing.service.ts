import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { EgressGuard } from '../../platform/object-store/egress-guard.js';
import { objectKeys } from '../../platform/object-store/object-name.rules.js';
import { presigner } from '../../platform/object-store/presigner.js';
import { StoreLocations } from '../../stores/store-locations.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { Admission, ManifestEntry } from '../delivery.types.js';
import { urlLifetime } from './url-lifetime.rules.js';

export interface IssuedUrls {
  /** One for each entry, in their order. */
  readonly urls: readonly string[];
  readonly expiresAt: Date;
}

/** Short URLs of the store itself, each for exactly one key (grants-and-delivery section 5). */
@Injectable()
export class UrlIssuing {
  constructor(
    private readonly locations: StoreLocations,
    private readonly guard: EgressGuard,
    private readonly use: GrantUse,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * One event for all of them commits before any leaves: it holds their digest, never a URL. Each URL names the event, so
   * that its use is known again in the store's log.
   * @throws ConcordatError `grant_window_closed` or `location_invalid` (409), `grant_not_live` (403)
   */
  async issue(admission: Admission, entries: readonly ManifestEntry[]): Promise<IssuedUrls> {
    const { grant } = admission;
    const { signedAt, ttlSeconds, expiresAt } = urlLifetime(this.clock.now(), grant.expiresAt);
    const location = await this.locations.locationOf(grant.storeId);
    // Nobody is sent to a host that has been taken off the list since the store was registered.
    if (this.guard.endpointFault(location.publicEndpoint) !== undefined) {
      throw new ConcordatError('location_invalid');
    }
    const eventId = this.ids.next();
    const sign = presigner({ location, now: signedAt, ttlSeconds, mark: eventId });
    const keyOf = objectKeys(grant.prefix);
    const urls = entries.map(({ name, versionId }) => sign({ key: keyOf(name), versionId }));
    const [only, ...others] = entries;
    const issued = {
      objectId: others.length === 0 ? only?.name : undefined,
      count: urls.length,
      urlSha256: digestOf(urls),
    };
    await this.use.commit(admission, 'object.url-issued', issued, eventId);
    return { urls, expiresAt };
  }
}

/** SHA-256 over the URLs, each ended by LF, in lower-case hex. */
function digestOf(urls: readonly string[]): string {
  return hash('sha256', `${urls.join('\n')}\n`);
}
