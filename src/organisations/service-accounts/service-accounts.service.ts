import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Config } from '../../config/config.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOn } from '../acting.js';
import type { ServiceAccountDto } from './service-account.dto.js';
import { checkAccountable, checkClient, moveService } from './service-account.rules.js';
import { toServiceAccountView, type ServiceAccountView } from './service-account.view.js';
import {
  ServiceAccountsRepository,
  type ServiceAccountRow,
} from './service-accounts.repository.js';
import { ServiceStops } from './service-stops.js';

/** Programs of an organisation. Their keys are the OpenID provider's; here is whose they are and who answers for them. */
@Injectable()
export class ServiceAccounts {
  // eslint-disable-next-line max-params -- what a slice needs, the configuration and the two ports
  constructor(
    private readonly database: Database,
    private readonly services: ServiceAccountsRepository,
    private readonly stops: ServiceStops,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `input_invalid` (422), `conflict` (409) for a client that is registered. */
  async register(
    principal: Principal,
    organisationId: string,
    dto: ServiceAccountDto,
    key?: string,
  ): Promise<ServiceAccountView> {
    this.require(principal, 'service_account:register', organisationId);
    checkClient(dto, this.config.oidc);
    const route = `POST organisations/${organisationId}/service-accounts`;
    const call = { principalId: principal.personId, route, key, body: { ...dto } };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, call, () => this.insert(tx, principal, organisationId, dto)),
    );
    return toServiceAccountView(await this.load(this.database.manager, id));
  }

  async list(
    principal: Principal,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<ServiceAccountView[]> {
    this.require(principal, 'service_account:read', organisationId);
    const { manager } = this.database;
    const rows = await this.services.list(manager, organisationId, after, limit);
    return rows.map(toServiceAccountView);
  }

  /** At once, on every node; its tokens of the provider are worth nothing from now on, and its grants' tokens no more. */
  async stop(
    principal: Principal,
    id: string,
    move: 'disable' | 'end',
    reasonText: string,
  ): Promise<ServiceAccountView> {
    return this.change(principal, id, 'service_account:disable', async (tx, service) => {
      const status = moveService(service.status, move) === 'ended' ? 'ended' : 'disabled';
      const actor = actorOn(principal, service.organisationId);
      await this.stops.stop(tx, actor, service, status, { reasonText });
    });
  }

  /** @param accountableId who answers for it from now on; absent: who did, if they still can. */
  async enable(
    principal: Principal,
    id: string,
    accountableId?: string,
  ): Promise<ServiceAccountView> {
    return this.change(principal, id, 'service_account:enable', async (tx, service) => {
      const status = moveService(service.status, 'enable');
      const enabled = { ...service, accountableId: accountableId ?? service.accountableId };
      await this.requireAccountable(tx, enabled);
      const isAnother = enabled.accountableId !== service.accountableId;
      const paths = ['/status', ...(isAnother ? ['/accountablePersonId'] : [])];
      const auditEventId = await this.record(tx, 'service.updated', principal, enabled, paths);
      await this.services.update(tx, id, { ...enabled, status, auditEventId });
    });
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { issuer, clientId, name, accountablePersonId: accountableId, roles }: ServiceAccountDto,
  ): Promise<string> {
    const [id, createdAt] = [this.ids.next(), this.clock.now()];
    const whose = { id, organisationId, issuer, clientId, name, accountableId, roles };
    const row = { ...whose, status: 'active', createdAt } as const;
    await this.requireAccountable(tx, row);
    const auditEventId = await this.record(tx, 'service.registered', principal, row, [
      '/roles',
      '/accountablePersonId',
    ]);
    if (!(await this.services.insert(tx, row, auditEventId))) {
      throw new ConcordatError('conflict', { detail: 'This client is registered already.' });
    }
    return id;
  }

  // Under the person's lock: what ends their membership sees this program, or is seen here.
  private async requireAccountable(
    tx: Tx,
    { accountableId, organisationId, roles }: ServiceAccountRow,
  ): Promise<void> {
    await takeLocks(tx, 'exclusive', [{ kind: 'person', id: accountableId }]);
    const today = londonDay(this.clock.now());
    const held = await this.services.ownRolesOf(tx, accountableId, organisationId, today);
    checkAccountable(roles, held);
  }

  private async change(
    principal: Principal,
    id: string,
    operation: 'service_account:disable' | 'service_account:enable',
    work: (tx: Tx, service: ServiceAccountRow) => Promise<void>,
  ): Promise<ServiceAccountView> {
    return this.database.transaction(async (tx) => {
      const { organisationId } = await this.load(tx, id);
      this.require(principal, operation, organisationId);
      await takeLocks(tx, 'shared', [{ kind: 'organisation', id: organisationId }]);
      const service = await this.services.lock(tx, id);
      if (!service) {
        throw new ConcordatError('not_found');
      }
      await work(tx, service);
      return toServiceAccountView(await this.load(tx, id));
    });
  }

  private record(
    tx: Tx,
    type: 'service.registered' | 'service.updated',
    principal: Principal,
    { id, organisationId, clientId, accountableId }: ServiceAccountRow,
    changedPaths: readonly string[],
  ): Promise<string> {
    return this.audit.record(tx, type, {
      ...actorOn(principal, organisationId),
      organisationIds: [organisationId],
      targetType: 'service_account',
      targetId: id,
      clientId,
      accountablePersonId: accountableId,
      changedPaths,
    });
  }

  private require(principal: Principal, operation: Operation, organisationId: string): void {
    this.authorisation.require(principal, operation, { organisationIds: [organisationId] });
  }

  private async load(manager: Database['manager'], id: string): Promise<ServiceAccountRow> {
    const row = await this.services.find(manager, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return row;
  }
}
