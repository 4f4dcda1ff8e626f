import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { takeLocks } from '../platform/database/locks.js';
import { actorOn } from './acting.js';
import type { OrganisationCheckDto, OrganisationDto } from './organisation.dto.js';
import type { OrganisationEntity } from './organisation.entity.js';
import { checkIssue, moveOrganisation, type OrganisationMove } from './organisation.rules.js';
import { toOrganisationView, type OrganisationView } from './organisation.view.js';
import { OrganisationsRepository } from './organisations.repository.js';

const MOVED = {
  suspend: 'organisation.suspended',
  resume: 'organisation.resumed',
  close: 'organisation.closed',
} as const;

/** Partners of the broker. */
@Injectable()
export class OrganisationsService {
  // eslint-disable-next-line max-params -- what a slice needs, and the two ports
  constructor(
    private readonly database: Database,
    private readonly organisations: OrganisationsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  async register(
    principal: Principal,
    dto: OrganisationDto,
    key?: string,
  ): Promise<OrganisationView> {
    this.authorisation.require(principal, 'organisation:register', { organisationIds: [] });
    const call = { principalId: principal.personId, route: 'POST organisations', key };
    const body = { ...dto, identifier: dto.identifier ? { ...dto.identifier } : null };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, { ...call, body }, () => this.insert(tx, principal, dto)),
    );
    return this.get(principal, id);
  }

  async get(principal: Principal, id: string): Promise<OrganisationView> {
    this.authorisation.require(principal, 'organisation:read', { organisationIds: [id] });
    const [view] = await this.views([await this.load(this.database.manager, id)]);
    if (!view) {
      throw new ConcordatError('not_found');
    }
    return view;
  }

  /** The caller's own organisations; all of them for whoever may read any. */
  async list(
    principal: Principal,
    after: readonly [string, string] | null,
    limit: number,
  ): Promise<OrganisationView[]> {
    const mayReadAll = this.authorisation.allows(principal, 'organisation:read', {
      organisationIds: [],
    });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    const rows = await this.organisations.list(
      this.database.manager,
      mayReadAll ? null : own,
      after,
      limit,
    );
    return this.views(rows);
  }

  async recordCheck(
    principal: Principal,
    id: string,
    dto: OrganisationCheckDto,
    key?: string,
  ): Promise<OrganisationView> {
    checkIssue(dto, londonDay(this.clock.now()));
    const call = { principalId: principal.personId, route: `POST organisations/${id}/checks`, key };
    await this.change(principal, id, 'organisation:check_record', (tx) =>
      this.idempotency.once(tx, { ...call, body: { ...dto } }, () =>
        this.insertCheck(tx, principal, id, dto),
      ),
    );
    return this.get(principal, id);
  }

  /** Leaving `active` ends, in the same transaction, every grant that the organisation provides or holds. */
  async move(
    principal: Principal,
    id: string,
    move: OrganisationMove,
    reason: string,
  ): Promise<OrganisationView> {
    await this.change(principal, id, 'organisation:suspend', async (tx, organisation) => {
      if (organisation.isOperator) {
        throw new ConcordatError('transition_not_allowed', { from: 'operator', move });
      }
      const status = moveOrganisation(organisation.status, move);
      const auditEventId = await this.audit.record(tx, MOVED[move], {
        ...aboutOrganisation(principal, id),
        reasonText: reason,
      });
      await this.organisations.setStatus(tx, id, status, auditEventId);
      if (status !== 'active') {
        await this.cascade.apply(tx, { code: 'organisation_stopped', organisationId: id });
      }
    });
    return this.get(principal, id);
  }

  private async insert(tx: Tx, principal: Principal, dto: OrganisationDto): Promise<string> {
    const taken = await this.organisations.findTaken(tx, dto.name, dto.identifier);
    if (taken) {
      throw new ConcordatError('conflict', {
        errors: [{ pointer: `/${taken}`, reason: 'another organisation has it' }],
      });
    }
    const id = this.ids.next();
    const about = aboutOrganisation(principal, id);
    const auditEventId = await this.audit.record(tx, 'organisation.registered', about);
    const isInserted = await this.organisations.insert(tx, {
      id,
      name: dto.name,
      kind: dto.kind,
      identifierScheme: dto.identifier?.scheme ?? null,
      identifierValue: dto.identifier?.value ?? null,
      publicAuthority: dto.publicAuthority,
      isOperator: false,
      status: 'active',
      auditEventId,
    });
    if (!isInserted) {
      throw new ConcordatError('conflict');
    }
    return id;
  }

  private async insertCheck(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { kind, number, issuedOn, expiresOn }: OrganisationCheckDto,
  ): Promise<string> {
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'organisation.check-recorded', {
      ...aboutOrganisation(principal, organisationId),
      changedPaths: [`/checks/${kind}`],
    });
    const fresh = { lapsedAt: null, auditEventId };
    const row = { id, organisationId, kind, number, issuedOn, expiresOn, ...fresh };
    await this.organisations.insertCheck(tx, row);
    return id;
  }

  private async change(
    principal: Principal,
    id: string,
    operation: 'organisation:check_record' | 'organisation:suspend',
    work: (tx: Tx, organisation: OrganisationEntity) => Promise<unknown>,
  ): Promise<void> {
    this.authorisation.require(principal, operation, { organisationIds: [id] });
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'organisation', id }]);
      await work(tx, await this.load(tx, id));
    });
  }

  private async load(manager: Database['manager'], id: string): Promise<OrganisationEntity> {
    const organisation = await this.organisations.find(manager, id);
    if (!organisation) {
      throw new ConcordatError('not_found');
    }
    return organisation;
  }

  private async views(rows: readonly OrganisationEntity[]): Promise<OrganisationView[]> {
    const ids = rows.map(({ id }) => id);
    const checks = await this.organisations.findChecks(this.database.manager, ids);
    return rows.map((row) =>
      toOrganisationView(
        row,
        checks.filter(({ organisationId }) => organisationId === row.id),
      ),
    );
  }
}

function aboutOrganisation(principal: Principal, organisationId: string) {
  return {
    ...actorOn(principal, organisationId),
    organisationIds: [organisationId],
    targetType: 'organisation',
    targetId: organisationId,
  };
}
