import { Injectable } from '@nestjs/common';
import { actorFields } from '../identity/actor.js';
import { deputyFields } from '../identity/deputy.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Operation } from '../identity/operations.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import type { StoreEntity } from './store.entity.js';
import { StoresRepository } from './stores.repository.js';

/** How a store is loaded: for reading with the right to, for changing under its lock. */
@Injectable()
export class StoreChanges {
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly authorisation: Authorisation,
  ) {}

  /** @throws ConcordatError `not_found`, also for a store of another organisation. */
  async read(principal: Principal, id: string, operation: Operation): Promise<StoreEntity> {
    return this.permitted(principal, operation, await this.load(this.database.manager, id));
  }

  /** Load → decide → change under the store's exclusive lock, so that an issue waits for it or is waited for. */
  async change<T>(
    principal: Principal,
    id: string,
    operation: Operation,
    work: (tx: Tx, store: StoreEntity) => Promise<T>,
  ): Promise<T> {
    return this.locked(id, (tx, store) => work(tx, this.permitted(principal, operation, store)));
  }

  /** The same for the broker's own jobs. */
  async locked<T>(id: string, work: (tx: Tx, store: StoreEntity) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'store', id }]);
      return work(tx, await this.load(tx, id));
    });
  }

  async load(manager: Database['manager'], id: string): Promise<StoreEntity> {
    const store = await this.stores.find(manager, id);
    if (!store) {
      throw new ConcordatError('not_found');
    }
    return store;
  }

  private permitted(principal: Principal, operation: Operation, store: StoreEntity): StoreEntity {
    const organisationIds = [store.organisationId];
    // Without the right to see it, a store is absent.
    this.authorisation.require(principal, operation, { organisationIds });
    return store;
  }
}

/** The fields of every event about a store: never where it is. */
export function aboutStore(
  principal: Principal,
  { id, organisationId }: { readonly id: string; readonly organisationId: string },
) {
  return {
    ...actorFields(principal, organisationId),
    ...deputyFields(principal, organisationId),
    organisationIds: [organisationId],
    targetType: 'store',
    targetId: id,
  };
}
