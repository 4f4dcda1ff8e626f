import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { AccessLogsRepository, type AccessLogState } from './access-logs/access-logs.repository.js';
import { StoreChanges, aboutStore } from './store-changes.service.js';
import { moveStore } from './store.rules.js';
import { toStoreView, type StoreView } from './store.view.js';
import { StoreProbesRepository, type KeptProbe } from './store-probes.repository.js';
import { StoresRepository } from './stores.repository.js';

/** Partner stores: reading and stopping them. */
@Injectable()
export class StoresService {
  // eslint-disable-next-line max-params -- what a slice needs
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly accessLogs: AccessLogsRepository,
    private readonly probeResults: StoreProbesRepository,
    private readonly changes: StoreChanges,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
  ) {}

  async get(principal: Principal, id: string): Promise<StoreView> {
    const store = await this.changes.read(principal, id, 'store:read');
    return toStoreView(store, (await this.logStates([store])).get(id));
  }

  /** What probes found, newest first. */
  async probes(
    principal: Principal,
    id: string,
    after: string | null,
    limit: number,
  ): Promise<KeptProbe[]> {
    await this.changes.read(principal, id, 'store:read');
    return this.probeResults.list(this.database.manager, id, after, limit);
  }

  /** Stores of the organisations in which the caller may read them. */
  async list(principal: Principal, after: string | null, limit: number): Promise<StoreView[]> {
    const own = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) =>
        this.authorisation.allows(principal, 'store:read', { organisationIds: [id] }),
      );
    const rows = await this.stores.list(this.database.manager, own, after, limit);
    const states = await this.logStates(rows);
    return rows.map((store) => toStoreView(store, states.get(store.id)));
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
      await this.accessLogs.end(tx, id);
    });
    return this.get(principal, id);
  }

  private logStates(
    stores: readonly { readonly id: string }[],
  ): Promise<ReadonlyMap<string, AccessLogState>> {
    return this.accessLogs.states(
      this.database.manager,
      stores.map(({ id }) => id),
    );
  }
}
