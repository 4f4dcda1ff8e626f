import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { EgressGuard } from '../platform/object-store/egress-guard.js';
import { requireApart } from './access-logs/access-log.rules.js';
import { AccessLogsRepository } from './access-logs/access-logs.repository.js';
import { aboutStore } from './store-changes.service.js';
import { StoreVault } from './store-credentials.js';
import type { StoreDto } from './store.dto.js';
import type { StoreEntity } from './store.entity.js';
import { toStoreView, type StoreView } from './store.view.js';
import { StoresRepository } from './stores.repository.js';

/** Takes a partner's store in: its endpoint passes the guard, its credentials go into the vault. */
@Injectable()
export class StoreRegistration {
  // eslint-disable-next-line max-params -- a new store passes the guard and the vault; the rest is every slice's
  constructor(
    private readonly database: Database,
    private readonly stores: StoresRepository,
    private readonly accessLogs: AccessLogsRepository,
    private readonly vault: StoreVault,
    private readonly guard: EgressGuard,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `endpoint_refused` (422) naming the field; `conflict` when the name is taken. */
  async register(principal: Principal, dto: StoreDto, key?: string): Promise<StoreView> {
    const { organisationId } = dto;
    this.authorisation.require(principal, 'store:register', { organisationIds: [organisationId] });
    requireApart(dto.bucket, dto.accessLog, { pointer: '/accessLog/prefix' });
    // Resolves names, so outside the transaction.
    await this.checkEndpoints(dto);
    const call = { principalId: principal.personId, route: 'POST stores', key };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, { ...call, body: this.fingerprint(dto) }, () =>
        this.insert(tx, principal, dto),
      ),
    );
    const store = await this.stores.find(this.database.manager, id);
    if (!store) {
      throw new ConcordatError('not_found');
    }
    const states = await this.accessLogs.states(this.database.manager, [id]);
    return toStoreView(store, states.get(id));
  }

  private async insert(tx: Tx, principal: Principal, dto: StoreDto): Promise<string> {
    const id = this.ids.next();
    const about = aboutStore(principal, { id, organisationId: dto.organisationId });
    const auditEventId = await this.audit.record(tx, 'store.registered', about);
    if (!(await this.stores.insert(tx, this.newStore(id, dto, auditEventId)))) {
      const reason = 'another store of the organisation has it';
      throw new ConcordatError('conflict', { errors: [{ pointer: '/name', reason }] });
    }
    if (dto.accessLog) {
      await this.accessLogs.begin(tx, id, this.clock.now());
    }
    return id;
  }

  private newStore(id: string, dto: StoreDto, auditEventId: string): StoreEntity {
    const owner = { id, organisationId: dto.organisationId, credentialVersion: 1 };
    return {
      ...owner,
      name: dto.name,
      endpoint: dto.endpoint,
      publicEndpoint: dto.publicEndpoint ?? null,
      region: dto.region,
      bucket: dto.bucket,
      addressing: dto.addressing,
      credentials: this.vault.seal(owner, dto.credentials),
      rotatedAt: this.clock.now(),
      sts: dto.sts ? { endpoint: dto.sts.endpoint, roleArn: dto.sts.roleArn } : null,
      accessLog: dto.accessLog
        ? { bucket: dto.accessLog.bucket, prefix: dto.accessLog.prefix }
        : null,
      probe: null,
      probeSession: null,
      probedAt: null,
      probePassed: null,
      clockOffsetSeconds: null,
      status: 'registered',
      auditEventId,
    };
  }

  private async checkEndpoints({ endpoint, publicEndpoint, sts }: StoreDto): Promise<void> {
    await this.guard.check(endpoint, '/endpoint');
    if (publicEndpoint !== undefined) {
      await this.guard.check(publicEndpoint, '/publicEndpoint');
    }
    if (sts) {
      await this.guard.check(sts.endpoint, '/sts/endpoint');
    }
  }

  // The body's digest is stored for a day: it must not let anybody test guesses of the secret.
  private fingerprint({ credentials, sts, accessLog, ...rest }: StoreDto) {
    return {
      ...rest,
      sts: sts ? { ...sts } : null,
      ...(accessLog ? { accessLog: { ...accessLog } } : {}),
      credentials: this.vault.fingerprint(credentials),
    };
  }
}
