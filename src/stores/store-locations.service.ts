import { Injectable } from '@nestjs/common';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import type { StoreLocation } from '../platform/object-store/store-location.js';
import { StoreVault, type StoreCredentials } from './store-credentials.js';
import type { StoreEntity } from './store.entity.js';
import { StoresRepository } from './stores.repository.js';

/** Objects with lines of a store's access log. */
export interface StoreLog {
  readonly place: StoreLocation;
  readonly prefix: string;
}

/** Where a store is and how to sign for it, for whoever is about to send or sign a request. */
@Injectable()
export class StoreLocations {
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly vault: StoreVault,
  ) {}

  /** A store whose log is to be read: its row, its place and its log's. @throws ConcordatError `not_found` */
  async logOfStore(
    storeId: string,
  ): Promise<
    | { readonly log: StoreLog; readonly location: StoreLocation; readonly rotatedAt: Date }
    | undefined
  > {
    const store = await this.stores.find(this.database.manager, storeId);
    if (!store) {
      throw new ConcordatError('not_found');
    }
    const log = this.logOf(store);
    return log && { log, location: this.locate(store), rotatedAt: store.rotatedAt };
  }

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

  /** Where a store writes its access log, for the same keys. @returns undefined where the broker is to read none. */
  logOf(store: StoreEntity): StoreLog | undefined {
    const { accessLog } = store;
    return accessLog
      ? { place: this.locate({ ...store, bucket: accessLog.bucket }), prefix: accessLog.prefix }
      : undefined;
  }

  /** @throws ConcordatError `location_invalid` (409) for a retired store. */
  locate(store: StoreEntity): StoreLocation {
    if (store.status === 'retired') {
      throw new ConcordatError('location_invalid');
    }
    const { endpoint, region, bucket, addressing, sts } = store;
    const place = {
      endpoint,
      publicEndpoint: store.publicEndpoint ?? endpoint,
      region,
      bucket,
      addressing,
      sts,
    };
    return withKeys(place, () => this.vault.open(store));
  }
}

/** The keys are opened when they are read, which is where a request is signed; no copy, log or JSON of it holds them. */
function withKeys(
  place: Omit<StoreLocation, keyof StoreCredentials>,
  open: () => StoreCredentials,
): StoreLocation {
  return Object.defineProperties(place, {
    accessKeyId: { get: () => open().accessKeyId, enumerable: false },
    secretAccessKey: { get: () => open().secretAccessKey, enumerable: false },
  }) as StoreLocation;
}
