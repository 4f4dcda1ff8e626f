import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import { StoreChanges, aboutStore } from '../store-changes.service.js';
import type { StoreEntity } from '../store.entity.js';
import { StoresRepository } from '../stores.repository.js';
import { requireApart, type AccessLogPlace } from './access-log.rules.js';
import { AccessLogsRepository } from './access-logs.repository.js';

/** Where the broker finds a store's own account of who read what. */
@Injectable()
export class StoreAccessLogs {
  constructor(
    private readonly stores: StoresRepository,
    private readonly logs: AccessLogsRepository,
    private readonly changes: StoreChanges,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Reads it from now on. @throws ConcordatError `input_invalid`; `transition_not_allowed` (409) for a retired store. */
  async set(principal: Principal, storeId: string, place: AccessLogPlace): Promise<void> {
    await this.change(principal, storeId, async (tx, store) => {
      const prefixes = await this.logs.prefixesOf(tx, storeId);
      requireApart(store.bucket, place, { pointer: '/prefix', prefixes });
      await this.logs.begin(tx, storeId, this.clock.now());
      return { bucket: place.bucket, prefix: place.prefix };
    });
  }

  /** Reads it no more. */
  async remove(principal: Principal, storeId: string): Promise<void> {
    await this.change(principal, storeId, async (tx) => {
      await this.logs.end(tx, storeId);
      return null;
    });
  }

  private async change(
    principal: Principal,
    storeId: string,
    work: (tx: Tx, store: StoreEntity) => Promise<StoreEntity['accessLog']>,
  ): Promise<void> {
    const operation = 'store:change_access_log';
    await this.changes.change(principal, storeId, operation, async (tx, store) => {
      if (store.status === 'retired') {
        throw new ConcordatError('transition_not_allowed', {
          from: 'retired',
          move: 'change_access_log',
        });
      }
      const accessLog = await work(tx, store);
      const auditEventId = await this.audit.record(tx, 'store.updated', {
        ...aboutStore(principal, store),
        changedPaths: ['/accessLog'],
      });
      await this.stores.update(tx, storeId, { accessLog, auditEventId });
    });
  }
}
