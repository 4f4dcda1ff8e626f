import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { thumbprint } from '../../platform/signing/signing-key.js';
import { StoreChanges, aboutStore } from '../store-changes.service.js';
import { isPublicKey } from './public-key.js';
import type { StoreClientDto, StoreClientView } from './store-client.dto.js';
import { StoreClientsRepository, type StoreClientRow } from './store-clients.repository.js';

const MAX_LIVE = 10;

/** The programs of a partner that may ask after grants on its store. */
@Injectable()
export class StoreClients {
  // eslint-disable-next-line max-params -- what a slice needs and the two ports
  constructor(
    private readonly database: Database,
    private readonly clients: StoreClientsRepository,
    private readonly changes: StoreChanges,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `input_invalid` (422) for no key; `conflict` (409) with too many; `transition_not_allowed` (409) for a retired store. */
  async add(
    principal: Principal,
    storeId: string,
    { name, jwk }: StoreClientDto,
  ): Promise<StoreClientView> {
    const { kty, crv, x, y } = jwk;
    if (!isPublicKey(x, y)) {
      const errors = [{ pointer: '/jwk', reason: 'is not a point of P-256' }];
      throw new ConcordatError('input_invalid', { errors });
    }
    return this.changes.change(principal, storeId, 'store:add_client', async (tx, store) => {
      if (store.status === 'retired') {
        throw new ConcordatError('transition_not_allowed', { from: 'retired', move: 'add_client' });
      }
      if ((await this.clients.countLive(tx, storeId)) >= MAX_LIVE) {
        const detail = `A store has at most ${String(MAX_LIVE)} clients. Remove one first.`;
        throw new ConcordatError('conflict', { detail });
      }
      const id = this.ids.next();
      const auditEventId = await this.audit.record(tx, 'store.client-added', {
        ...aboutStore(principal, store),
        changedPaths: [`/clients/${id}`],
      });
      const row = {
        id,
        storeId,
        name,
        kid: thumbprint({ crv, x, y }),
        jwk: { kty, crv, x, y },
        createdAt: this.clock.now(),
      };
      await this.clients.insert(tx, row, auditEventId);
      return toView({ ...row, endedAt: null });
    });
  }

  async list(
    principal: Principal,
    storeId: string,
    after: string | null,
    limit: number,
  ): Promise<StoreClientView[]> {
    await this.changes.read(principal, storeId, 'store:read');
    const rows = await this.clients.list(this.database.manager, storeId, after, limit);
    return rows.map(toView);
  }

  /** At once; removing one that is removed changes nothing. @throws ConcordatError `not_found` */
  async remove(principal: Principal, storeId: string, id: string): Promise<void> {
    await this.changes.change(principal, storeId, 'store:remove_client', async (tx, store) => {
      const client = await this.clients.find(tx, id);
      if (client?.storeId !== storeId) {
        throw new ConcordatError('not_found');
      }
      if (client.endedAt === null) {
        const auditEventId = await this.audit.record(tx, 'store.client-removed', {
          ...aboutStore(principal, store),
          changedPaths: [`/clients/${id}`],
        });
        await this.clients.end(tx, id, this.clock.now(), auditEventId);
      }
    });
  }
}

function toView({ id, name, kid, createdAt, endedAt }: StoreClientRow): StoreClientView {
  return {
    id,
    name,
    kid,
    createdAt: createdAt.toISOString(),
    removedAt: endedAt?.toISOString() ?? null,
  };
}
