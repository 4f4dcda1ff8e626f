import { Injectable } from '@nestjs/common';
import { actorFields } from '../identity/actor.js';
import { deputyFields } from '../identity/deputy.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Operation } from '../identity/operations.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';
import type { Lock } from '../kernel/lock-order.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import type { DatasetEntity } from './dataset.entity.js';
import { DatasetsRepository } from './datasets.repository.js';

/** How a dataset is loaded for changing: by who may, under its store's lock. */
@Injectable()
export class DatasetChanges {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsRepository,
    private readonly authorisation: Authorisation,
  ) {}

  /**
   * Load → decide → change under the store's exclusive lock, so that an issue waits for it or is waited for.
   * @param newStoreId of a dataset that gets its store by this.
   * @throws ConcordatError `not_found`, also for a dataset of another organisation that the caller can see (law 3).
   */
  async change(
    principal: Principal,
    id: string,
    operation: Operation,
    work: (tx: Tx, dataset: DatasetEntity) => Promise<void>,
    newStoreId?: string,
  ): Promise<void> {
    // The organisation never changes, nor does a store once there is one: what they say counts under the lock too.
    const before = await this.load(this.database.manager, id);
    const { organisationId } = before;
    this.authorisation.require(principal, operation, { organisationIds: [organisationId] });
    const places = [before, ...(newStoreId === undefined ? [] : [{ id, storeId: newStoreId }])];
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', places.map(lockOfPlace));
      const dataset = await this.load(tx, id);
      if (dataset.storeId !== before.storeId) {
        throw new ConcordatError('precondition_failed');
      }
      await work(tx, dataset);
    });
  }

  /** @throws ConcordatError `store_not_ready` (503): nothing is read from a store that is not proven. */
  async requireReadyStore(tx: Tx, storeId: string): Promise<void> {
    const store = await this.datasets.findStore(tx, storeId);
    if (store?.status !== 'ready') {
      throw new ConcordatError('store_not_ready');
    }
  }

  private async load(manager: Database['manager'], id: string): Promise<DatasetEntity> {
    const dataset = await this.datasets.find(manager, id);
    if (!dataset) {
      throw new ConcordatError('not_found');
    }
    return dataset;
  }
}

/** What is locked to change a dataset: its store, or without one the place where its store will be. */
export function lockOfPlace({ id, storeId }: Pick<DatasetEntity, 'id' | 'storeId'>): Lock {
  return { kind: 'store', id: storeId ?? id };
}

/** The fields of every event that somebody causes about a dataset: never where it lies. */
export function aboutDataset(
  principal: Principal,
  { id, organisationId }: { readonly id: string; readonly organisationId: string },
) {
  return {
    ...actorFields(principal, organisationId),
    ...deputyFields(principal, organisationId),
    organisationIds: [organisationId],
    targetType: 'dataset',
    targetId: id,
    datasetId: id,
  };
}
