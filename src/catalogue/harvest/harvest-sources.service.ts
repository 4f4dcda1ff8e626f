import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { deputyFields } from '../../identity/deputy.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import type { HarvestSourceDto, HarvestSourceEditDto } from './harvest.dto.js';
import { toSourceView, type HarvestSourceView } from './harvest.view.js';
import { sourceAddress } from './reading/source-address.rules.js';
import { SourceClient } from './reading/source-client.js';
import { SourcesRepository, type SourceRow } from './sources.repository.js';

/** Which other catalogues are read here, for which organisation and how often. */
@Injectable()
export class HarvestSources {
  // eslint-disable-next-line max-params -- what a slice needs, the client that knows addresses, and the two ports
  constructor(
    private readonly database: Database,
    private readonly sources: SourcesRepository,
    private readonly client: SourceClient,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** It is read for the first time as soon as a worker is free. @throws ConcordatError `input_invalid`, `conflict` */
  async register(
    principal: Principal,
    dto: HarvestSourceDto,
    key?: string,
  ): Promise<HarvestSourceView> {
    this.require(principal, 'harvest:register', dto);
    const fault = this.client.addressFault(dto.url);
    if (fault !== undefined) {
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/url', reason: fault }] });
    }
    const source = { ...dto, url: sourceAddress(dto.url) };
    const call = { principalId: principal.personId, route: 'POST harvest-sources', key };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, { ...call, body: { ...dto } }, () =>
        this.insert(tx, principal, source),
      ),
    );
    return toSourceView(await this.load(this.database.manager, id));
  }

  async list(
    principal: Principal,
    after: string | null,
    limit: number,
  ): Promise<HarvestSourceView[]> {
    const may = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'harvest:read', { organisationIds });
    const own = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) => may([id]));
    const { manager } = this.database;
    const rows = await this.sources.list(manager, may([]) ? null : own, after, limit);
    return rows.map(toSourceView);
  }

  async get(principal: Principal, id: string): Promise<HarvestSourceView> {
    const row = await this.load(this.database.manager, id);
    this.require(principal, 'harvest:read', row);
    return toSourceView(row);
  }

  async edit(
    principal: Principal,
    id: string,
    changes: HarvestSourceEditDto,
  ): Promise<HarvestSourceView> {
    return this.change(principal, id, 'harvest:update', async (tx, source) => {
      const names = (['name', 'everyHours', 'status'] as const).filter(
        (name) => changes[name] !== undefined && changes[name] !== source[name],
      );
      if (names.length === 0) {
        return;
      }
      if (
        changes.name !== undefined &&
        (await this.sources.isNameTaken(tx, source, changes.name))
      ) {
        throw new ConcordatError('conflict', { detail: 'A source of this name is there already.' });
      }
      const changedPaths = names.map((name) => `/${name}`);
      const about = { ...aboutSource(principal, source), changedPaths };
      const auditEventId = await this.audit.record(tx, 'harvest.source-updated', about);
      await this.sources.update(tx, id, changes, auditEventId);
    });
  }

  /** All of it, now: what is missing is known then too. */
  async ask(principal: Principal, id: string): Promise<HarvestSourceView> {
    return this.change(principal, id, 'harvest:run', async (tx, source) => {
      if (source.status !== 'active') {
        throw new ConcordatError('transition_not_allowed', { from: source.status, move: 'run' });
      }
      const about = aboutSource(principal, source);
      const auditEventId = await this.audit.record(tx, 'harvest.asked', about);
      await this.sources.makeDue(tx, id, this.clock.now(), auditEventId);
    });
  }

  private async insert(tx: Tx, principal: Principal, source: HarvestSourceDto): Promise<string> {
    const id = this.ids.next();
    const about = aboutSource(principal, { id, organisationId: source.organisationId });
    const auditEventId = await this.audit.record(tx, 'harvest.source-registered', about);
    if (!(await this.sources.insert(tx, id, source, this.clock.now(), auditEventId))) {
      const detail = 'A source of this name or address is there already.';
      throw new ConcordatError('conflict', { detail });
    }
    return id;
  }

  private async change(
    principal: Principal,
    id: string,
    operation: Operation,
    work: (tx: Tx, source: SourceRow) => Promise<void>,
  ): Promise<HarvestSourceView> {
    this.require(principal, operation, await this.load(this.database.manager, id));
    return this.database.transaction(async (tx) => {
      const source = await this.sources.lock(tx, id);
      if (!source) {
        throw new ConcordatError('not_found');
      }
      await work(tx, source);
      return toSourceView(await this.load(tx, id));
    });
  }

  private require(
    principal: Principal,
    operation: Operation,
    { organisationId }: { readonly organisationId: string },
  ): void {
    this.authorisation.require(principal, operation, { organisationIds: [organisationId] });
  }

  private async load(manager: Database['manager'], id: string): Promise<SourceRow> {
    const row = await this.sources.find(manager, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return row;
  }
}

function aboutSource(
  principal: Principal,
  { id, organisationId }: { readonly id: string; readonly organisationId: string },
) {
  return {
    ...actorFields(principal, organisationId),
    ...deputyFields(principal, organisationId),
    organisationIds: [organisationId],
    targetType: 'harvest_source',
    targetId: id,
  };
}
