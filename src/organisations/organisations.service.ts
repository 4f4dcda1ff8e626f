import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import { actorFields } from '../identity/actor.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { takeLocks } from '../platform/database/locks.js';
import type { OrganisationCheckDto, OrganisationDto } from './organisation.dto.js';
import type { OrganisationCheckEntity, OrganisationEntity } from './organisation.entity.js';
import { checkOrder, moveOrganisation, type OrganisationMove } from './organisation.rules.js';
import { OrganisationsRepository } from './organisations.repository.js';

export interface OrganisationView {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly identifier: { readonly scheme: string; readonly value: string } | null;
  readonly publicAuthority: boolean;
  readonly isOperator: boolean;
  readonly status: string;
  readonly checks: readonly {
    readonly kind: string;
    readonly number: string;
    readonly issuedOn: string;
    readonly expiresOn: string;
  }[];
}

const MOVED = {
  suspend: 'organisation.suspended',
  resume: 'organisation.resumed',
  close: 'organisation.closed',
} as const;

/** Partners of the broker. */
@Injectable()
export class OrganisationsService {
  constructor(
    private readonly database: Database,
    private readonly organisations: OrganisationsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly idempotency: Idempotency,
    // eslint-disable-next-line max-params -- six collaborators and a port
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
    return this.view(await this.load(this.database.manager, id));
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
    return Promise.all(rows.map((row) => this.view(row)));
  }

  async recordCheck(
    principal: Principal,
    id: string,
    dto: OrganisationCheckDto,
  ): Promise<OrganisationView> {
    checkOrder(dto.issuedOn, dto.expiresOn, '/expiresOn');
    await this.change(principal, id, 'organisation:check_record', async (tx) => {
      const auditEventId = await this.audit.record(tx, 'organisation.check-recorded', {
        ...about(principal, id),
        changedPaths: [`/checks/${dto.kind}`],
      });
      const row: OrganisationCheckEntity = {
        id: this.ids.next(),
        organisationId: id,
        kind: dto.kind,
        number: dto.number,
        issuedOn: dto.issuedOn,
        expiresOn: dto.expiresOn,
        auditEventId,
      };
      await this.organisations.insertCheck(tx, row);
    });
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
        ...about(principal, id),
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
    const auditEventId = await this.audit.record(tx, 'organisation.registered', about(principal, id));
    await this.organisations.insert(tx, {
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
    return id;
  }

  private async change(
    principal: Principal,
    id: string,
    operation: 'organisation:check_record' | 'organisation:suspend',
    work: (tx: Tx, organisation: OrganisationEntity) => Promise<void>,
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

  private async view(organisation: OrganisationEntity): Promise<OrganisationView> {
    const checks = await this.organisations.findChecks(this.database.manager, organisation.id);
    const { id, name, kind, identifierScheme, identifierValue, publicAuthority } = organisation;
    return {
      id,
      name,
      kind,
      identifier:
        identifierScheme !== null && identifierValue !== null
          ? { scheme: identifierScheme, value: identifierValue }
          : null,
      publicAuthority,
      isOperator: organisation.isOperator,
      status: organisation.status,
      checks: checks.map((check) => ({
        kind: check.kind,
        number: check.number,
        issuedOn: check.issuedOn,
        expiresOn: check.expiresOn,
      })),
    };
  }
}

function about(principal: Principal, organisationId: string) {
  return {
    ...actorFields(principal),
    organisationIds: [organisationId],
    targetType: 'organisation',
    targetId: organisationId,
  };
}
