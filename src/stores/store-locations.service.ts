import { Injectable } from '@nestjs/common';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import type { StoreLocation } from '../platform/object-store/store-location.js';
import { StoreVault } from './store-credentials.js';
import type { StoreEntity } from './store.entity.js';
import { StoresRepository } from './stores.repository.js';

/** Where a store is and how to sign for it, for whoever is about to send or sign a request. */
@Injectable()
export class StoreLocations {
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly vault: StoreVault,
  ) {}

  /**
   * Reads the row each time, so that a rotation counts from the next request on. Whether the store may be used at all is
   * the caller's question: grants answer it at issue, a suspension by ending them.
   * @throws ConcordatError `not_found`; `location_invalid` (409) for a retired store.
   */
  async locationOf(storeId: string): Promise<StoreLocation> {
    const store = await this.stores.find(this.database.manager, storeId);
    if (!store) {
      throw new ConcordatError('not_found');
    }
    return this.locate(store);
  }

  /** @throws ConcordatError `location_invalid` (409) for a retired store. */
  locate(store: StoreEntity): StoreLocation {
    if (store.status === 'retired') {
      throw new ConcordatError('location_invalid');
    }
    const { endpoint, region, bucket, addressing, sts } = store;
    return {
      endpoint,
      publicEndpoint: store.publicEndpoint ?? endpoint,
      region,
      bucket,
      addressing,
      sts,
      ...this.vault.open(store),
    };
  }
}
