import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { AccessLogsRepository } from './access-logs/access-logs.repository.js';
import { StoreChanges, aboutStore } from './store-changes.service.js';
import { StoreVault, type StoreCredentials } from './store-credentials.js';
import { StoreProbing } from './store-probing.service.js';
import { failedChecks } from './store.rules.js';
import { toStoreView, type StoreView } from './store.view.js';
import { StoresRepository } from './stores.repository.js';

/** New keys for a store, tried before they count: grants go on under the old ones until that instant, and under the new from it. */
@Injectable()
export class StoreRotation {
  // eslint-disable-next-line max-params -- the probe, the vault, and what a change of a store needs
  constructor(
    private readonly database: Database,
    private readonly accessLogs: AccessLogsRepository,
    private readonly stores: StoresRepository,
    private readonly changes: StoreChanges,
    private readonly vault: StoreVault,
    private readonly probing: StoreProbing,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * What the probe finds with the new keys is the store's result from then on.
   * @throws ConcordatError `store_credentials_refused` (422) when they do not open the store: then nothing has changed;
   * `precondition_failed` when somebody else changed the store meanwhile.
   */
  async rotate(principal: Principal, id: string, keys: StoreCredentials): Promise<StoreView> {
    const before = await this.changes.read(principal, id, 'store:rotate');
    if (before.status === 'retired') {
      throw new ConcordatError('transition_not_allowed', { from: 'retired', move: 'rotate' });
    }
    const result = await this.probing.tryKeys(before, keys);
    if (failedChecks(result).includes('list')) {
      throw new ConcordatError('store_credentials_refused', { checks: failedChecks(result) });
    }
    await this.changes.change(principal, id, 'store:rotate', async (tx, store) => {
      if (store.credentialVersion !== before.credentialVersion || store.status !== before.status) {
        throw new ConcordatError('precondition_failed');
      }
      const next = { ...store, credentialVersion: store.credentialVersion + 1 };
      const auditEventId = await this.audit.record(tx, 'store.credential-rotated', {
        ...aboutStore(principal, store),
        changedPaths: ['/credentials'],
      });
      await this.stores.update(tx, id, {
        credentials: this.vault.seal(next, keys),
        credentialVersion: next.credentialVersion,
        rotatedAt: this.clock.now(),
        auditEventId,
      });
      await this.probing.save(tx, next, result, principal);
    });
    const after = await this.changes.read(principal, id, 'store:read');
    const states = await this.accessLogs.states(this.database.manager, [id]);
    return toStoreView(after, states.get(id));
  }
}
