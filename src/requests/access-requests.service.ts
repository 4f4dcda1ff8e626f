import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Database } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { aboutOwnRequest, AccessRequestGate } from './access-request-gate.js';
import type { AccessRequestDto } from './access-request.dto.js';
import { AccessRequestDrafting } from './access-request-drafting.service.js';
import { moveAccessRequest } from './access-request.rules.js';
import {
  toAccessRequestSummary,
  type AccessRequestSummary,
  type AccessRequestView,
} from './access-request.view.js';
import { AccessRequestsRepository } from './access-requests.repository.js';

/** Asking for one dataset under one agreement. */
@Injectable()
export class AccessRequestsService {
  // eslint-disable-next-line max-params -- what a slice needs
  constructor(
    private readonly database: Database,
    private readonly gate: AccessRequestGate,
    private readonly requests: AccessRequestsRepository,
    private readonly drafting: AccessRequestDrafting,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
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
        {
          principalId: personId,
          route: 'POST access-requests',
          key,
          body: { ...dto, fiveSafes: dto.fiveSafes && { ...dto.fiveSafes } },
        },
        async () => (await this.drafting.insert(tx, principal, dto)).id,
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
        aboutOwnRequest(principal, await this.gate.factsOf(tx, id), request),
      );
      await this.requests.update(tx, id, { status, auditEventId });
    });
  }
}
