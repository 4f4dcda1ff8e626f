import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { StoreChanges, aboutStore } from './store-changes.service.js';
import { StoreVault } from './store-credentials.js';
import type { CredentialsDto } from './store.dto.js';
import { moveStore } from './store.rules.js';
import { toStoreView, type StoreView } from './store.view.js';
import { StoresRepository } from './stores.repository.js';

/** Partner stores: reading and stopping them, changing their keys. */
@Injectable()
export class StoresService {
  // eslint-disable-next-line max-params -- what a slice needs, the vault and the clock
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly changes: StoreChanges,
    private readonly vault: StoreVault,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async get(principal: Principal, id: string): Promise<StoreView> {
    return toStoreView(await this.changes.read(principal, id, 'store:read'));
  }

  /** Stores of the organisations in which the caller may read them. */
  async list(principal: Principal, after: string | null, limit: number): Promise<StoreView[]> {
    const own = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) =>
        this.authorisation.allows(principal, 'store:read', { organisationIds: [id] }),
      );
    const rows = await this.stores.list(this.database.manager, own, after, limit);
    return rows.map(toStoreView);
  }

  /** Ends, in the same transaction, every grant on the store. */
  async suspend(principal: Principal, id: string, reason: string): Promise<StoreView> {
    await this.changes.change(principal, id, 'store:suspend', async (tx, store) => {
      const status = moveStore(store.status, 'suspend');
      const auditEventId = await this.audit.record(tx, 'store.suspended', {
        ...aboutStore(principal, store),
        reasonText: reason,
      });
      await this.stores.update(tx, id, { status, auditEventId });
      await this.cascade.apply(tx, { code: 'store_suspended', storeId: id });
    });
    return this.get(principal, id);
  }

  /** Only a store whose last probe passed. Restores no grant (R3.16). */
  async resume(principal: Principal, id: string, reason: string): Promise<StoreView> {
    await this.changes.change(principal, id, 'store:resume', async (tx, store) => {
      const status = moveStore(store.status, 'resume');
      if (store.probePassed !== true) {
        throw new ConcordatError('transition_not_allowed', {
          from: store.status,
          move: 'resume',
          detail: 'The store must pass its probe first.',
        });
      }
      const auditEventId = await this.audit.record(tx, 'store.resumed', {
        ...aboutStore(principal, store),
        reasonText: reason,
      });
      await this.stores.update(tx, id, { status, auditEventId });
    });
    return this.get(principal, id);
  }

  /** New credentials count from the next request on; the old ones are forgotten. */
  async rotate(principal: Principal, id: string, dto: CredentialsDto): Promise<StoreView> {
    await this.changes.change(principal, id, 'store:rotate', async (tx, store) => {
      if (store.status === 'retired') {
        throw new ConcordatError('transition_not_allowed', { from: 'retired', move: 'rotate' });
      }
      const credentialVersion = store.credentialVersion + 1;
      const auditEventId = await this.audit.record(tx, 'store.credential-rotated', {
        ...aboutStore(principal, store),
        changedPaths: ['/credentials'],
      });
      await this.stores.update(tx, id, {
        credentials: this.vault.seal({ ...store, credentialVersion }, dto),
        credentialVersion,
        rotatedAt: this.clock.now(),
        // Nothing is known of what these credentials can do: no grant and no resumption before a probe with them.
        probe: null,
        probedAt: null,
        probePassed: null,
        auditEventId,
      });
    });
    return this.get(principal, id);
  }

  /** For good: the credentials are erased. @throws ConcordatError `conflict` while a live dataset lies in it. */
  async retire(principal: Principal, id: string): Promise<StoreView> {
    await this.changes.change(principal, id, 'store:retire', async (tx, store) => {
      const status = moveStore(store.status, 'retire');
      const liveDatasets = await this.stores.countLiveDatasets(tx, id);
      if (liveDatasets > 0) {
        const detail = 'Withdraw the datasets that lie in it first.';
        throw new ConcordatError('conflict', { detail, liveDatasets });
      }
      const auditEventId = await this.audit.record(tx, 'store.retired', {
        ...aboutStore(principal, store),
      });
      await this.stores.update(tx, id, { status, credentials: Buffer.alloc(0), auditEventId });
    });
    return this.get(principal, id);
  }
}
