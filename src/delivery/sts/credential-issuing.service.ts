import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { EgressGuard } from '../../platform/object-store/egress-guard.js';
import type { StoreLocation } from '../../platform/object-store/store-location.js';
import {
  SESSION_SECONDS,
  StsClient,
  type SessionCredentials,
} from '../../platform/object-store/sts-client.js';
import { StoreLocations } from '../../stores/store-locations.service.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { DeliveryCaller, DeliveryGrant } from '../delivery.types.js';

const MAX_SESSIONS = 10_000;
/** What is left of a session when another is asked for: less than a long transfer's patience is of no use. */
const MIN_LEFT_MS = 300_000;

/** Credentials of the partner's own store, for its holder's own S3 client (R8.7: no one else sees where that is). */
export interface CredentialsView {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: string;
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Everything under it may be read and listed, and nothing else. */
  readonly prefix: string;
  readonly addressing: 'path' | 'virtual';
}

/** Short credentials for exactly a grant's prefix, from the store's own STS (grants-and-delivery section 6). */
@Injectable()
export class CredentialIssuing {
  private readonly sessions = new LRUCache<string, SessionCredentials>({ max: MAX_SESSIONS });

  // eslint-disable-next-line max-params -- who asks, what is committed, where the store is, and who gives
  constructor(
    private readonly access: GrantAccess,
    private readonly use: GrantUse,
    private readonly locations: StoreLocations,
    private readonly guard: EgressGuard,
    private readonly sts: StsClient,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The event commits before they leave.
   * @throws ConcordatError `no_delivery_mode` (409) for a grant of another mode, `grant_window_closed` (409) when the
   * grant would end before they do, `location_invalid`, `store_failed`, `store_unreachable`, and what
   * `GrantAccess.admit` throws.
   */
  async issue(caller: DeliveryCaller): Promise<CredentialsView> {
    const admission = await this.access.admit(caller);
    const { grant } = admission;
    if (grant.delivery !== 'sts') {
      throw new ConcordatError('no_delivery_mode', { asked: 'sts', delivery: grant.delivery });
    }
    const location = await this.locations.locationOf(grant.storeId);
    // Nobody is sent to a host that has been taken off the list since the store was registered.
    if (this.guard.endpointFault(location.publicEndpoint) !== undefined) {
      throw new ConcordatError('location_invalid');
    }
    const { expiresAt, ...credentials } = await this.sessionOf(grant, location);
    await this.use.commit(admission, 'object.credential-issued', {});
    const { publicEndpoint, region, bucket, addressing } = location;
    return {
      ...credentials,
      expiresAt: expiresAt.toISOString(),
      endpoint: publicEndpoint,
      region,
      bucket,
      prefix: grant.prefix,
      addressing,
    };
  }

  // A session cannot be made shorter than 900 seconds, so a grant that ends sooner gets none: it would outlive it.
  private async sessionOf(
    grant: DeliveryGrant,
    location: StoreLocation,
  ): Promise<SessionCredentials> {
    const name = `${grant.id}/${String(grant.epoch)}`;
    const now = this.clock.now().getTime();
    const known = this.sessions.get(name);
    if (known && known.expiresAt.getTime() - now >= MIN_LEFT_MS) {
      return known;
    }
    if (grant.expiresAt.getTime() - now < SESSION_SECONDS * 1000) {
      throw new ConcordatError('grant_window_closed');
    }
    const session = await this.sts.assumeRole(location, {
      sessionName: grant.id,
      prefix: grant.prefix,
    });
    if (session.expiresAt.getTime() > grant.expiresAt.getTime()) {
      throw new ConcordatError('grant_window_closed');
    }
    this.sessions.set(name, session);
    return session;
  }
}
