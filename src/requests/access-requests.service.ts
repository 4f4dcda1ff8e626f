import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { actorFields } from '../identity/actor.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { nextReference } from '../platform/database/references.js';
import { aboutRequest, AccessRequestGate } from './access-request-gate.js';
import type { AccessRequestDto } from './access-request.dto.js';
import { fitRequest, moveAccessRequest } from './access-request.rules.js';
import {
  toAccessRequestSummary,
  type AccessRequestSummary,
  type AccessRequestView,
} from './access-request.view.js';
import { AccessRequestsRepository } from './access-requests.repository.js';

/** Asking for one dataset under one agreement. */
@Injectable()
export class AccessRequestsService {
  // eslint-disable-next-line max-params -- what a slice needs and the two ports
  constructor(
    private readonly database: Database,
    private readonly gate: AccessRequestGate,
    private readonly requests: AccessRequestsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  async create(
    principal: Principal,
    dto: AccessRequestDto,
    key?: string,
  ): Promise<AccessRequestView> {
    const { personId } = principal;
    this.authorisation.require(principal, 'access_request:create', {
      organisationIds: [],
      personId,
    });
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(
        tx,
        { principalId: personId, route: 'POST access-requests', key, body: { ...dto } },
        () => this.insert(tx, principal, dto),
      ),
    );
    return this.gate.read(principal, id);
  }

  async get(principal: Principal, id: string): Promise<AccessRequestView> {
    return this.gate.read(principal, id);
  }

  /** The caller's own, and those to or from the organisations whose requests the caller may read. */
  async list(
    principal: Principal,
    after: string | null,
    limit: number,
  ): Promise<readonly AccessRequestSummary[]> {
    const mayRead = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'access_request:read', { organisationIds });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    const rows = await this.requests.list(
      this.database.manager,
      {
        personId: principal.personId,
        organisationIds: own.filter((id) => mayRead([id])),
        seesAll: mayRead([]),
      },
      after,
      limit,
    );
    return rows.map(toAccessRequestSummary);
  }

  async withdraw(principal: Principal, id: string): Promise<AccessRequestView> {
    return this.gate.change(principal, id, 'access_request:withdraw', async (tx, request) => {
      const status = moveAccessRequest(request.status, 'withdraw', 'requester');
      const auditEventId = await this.audit.record(
        tx,
        'request.withdrawn',
        aboutRequest(principal, await this.gate.factsOf(tx, id)),
      );
      await this.requests.update(tx, id, { status, auditEventId });
    });
  }

  // Another tenant's project or agreement is absent, and a dataset that is hidden and one that is nowhere are both no item.
  private async insert(tx: Tx, principal: Principal, dto: AccessRequestDto): Promise<string> {
    const { personId } = principal;
    const project = await this.requests.findOwnProject(tx, dto.projectId, personId);
    const provider = await this.requests.providerOf(tx, dto.datasetId);
    const fit =
      project &&
      (await this.requests.findFit(tx, dto.agreementId, dto.datasetId, project.organisationId));
    if (!project || !fit?.isRecipient) {
      throw new ConcordatError('not_found');
    }
    const now = this.clock.now();
    const delivery = fitRequest(dto, { project, agreement: fit, today: londonDay(now) });
    const id = this.ids.next();
    const { organisationId } = project;
    const auditEventId = await this.audit.record(tx, 'request.created', {
      ...actorFields(principal, organisationId),
      organisationIds: [
        ...new Set([organisationId, ...(provider === undefined ? [] : [provider])]),
      ],
      projectId: dto.projectId,
      datasetId: dto.datasetId,
      agreementId: dto.agreementId,
      accessRequestId: id,
      purpose: dto.purpose,
    });
    await this.requests.insert(tx, {
      id,
      reference: await nextReference(tx, 'REQ', now.getUTCFullYear()),
      formId: dto.formId ?? null,
      projectId: dto.projectId,
      datasetId: dto.datasetId,
      agreementId: dto.agreementId,
      agreementVersion: null,
      requesterId: personId,
      organisationId,
      purpose: dto.purpose,
      justification: dto.justification,
      delivery,
      untilOn: dto.until,
      frequency: dto.frequency,
      linkage: dto.linkage ?? null,
      conflict: dto.conflict,
      conflictText: dto.conflictText ?? null,
      undertakingHash: null,
      undertakenAt: null,
      status: 'draft',
      auditEventId,
    });
    return id;
  }
}
