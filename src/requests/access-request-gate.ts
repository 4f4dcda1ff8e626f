import { Inject, Injectable } from '@nestjs/common';
import { BROKER_ACTOR, actorFields } from '../identity/actor.js';
import { Authorisation, type ProtectedResource } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import type { AccessFacts } from './access-facts.js';
import { AccessFactsService } from './access-facts.service.js';
import type { AccessRequestEntity } from './access-request.entity.js';
import { toAccessRequestView, type AccessRequestView } from './access-request.view.js';
import { AccessRequestsRepository } from './access-requests.repository.js';

type RequestOperation =
  | 'access_request:edit'
  | 'access_request:submit'
  | 'access_request:withdraw'
  | 'access_request:decide'
  | 'access_request:undertaking'
  | 'access_request:renew';

/** The one door to an access request: who sees it, and who may change it. */
@Injectable()
export class AccessRequestGate {
  constructor(
    private readonly database: Database,
    private readonly requests: AccessRequestsRepository,
    private readonly facts: AccessFactsService,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async read(principal: Principal, id: string): Promise<AccessRequestView> {
    const request = await this.load(this.database.manager, id);
    this.authorisation.require(principal, 'access_request:read', await this.owners(request));
    return this.view(request);
  }

  /** Of one form, what the caller may read: each owner sees the requests that concern them. */
  async readForm(principal: Principal, formId: string): Promise<readonly AccessRequestView[]> {
    const views: AccessRequestView[] = [];
    for (const request of await this.requests.findForm(this.database.manager, formId)) {
      const owners = await this.owners(request);
      if (this.authorisation.allows(principal, 'access_request:read', owners)) {
        views.push(await this.view(request));
      }
    }
    return views;
  }

  /**
   * Load → decide → change under the project's exclusive lock: an issue waits for it or is waited for. With the agreement's
   * shared lock no version takes over meanwhile and leaves the request behind.
   */
  async change(
    principal: Principal,
    id: string,
    operation: RequestOperation,
    work: (tx: Tx, request: AccessRequestEntity) => Promise<void>,
  ): Promise<AccessRequestView> {
    const { agreementId, projectId } = await this.load(this.database.manager, id);
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'shared', [{ kind: 'agreement', id: agreementId }]);
      await takeLocks(tx, 'exclusive', [{ kind: 'project', id: projectId }]);
      const request = await this.load(tx, id);
      await this.require(tx, principal, operation, request);
      await work(tx, request);
    });
    return this.read(principal, id);
  }

  /** What the checks need. @param version of the agreement; absent: that of the request. */
  async factsOf(tx: Tx, id: string, version?: number): Promise<AccessFacts> {
    const now = this.clock.now();
    const facts = await this.facts.find(tx, id, londonDay(now), now, version);
    if (!facts) {
      throw new ConcordatError('not_found');
    }
    return facts;
  }

  private async owners(request: AccessRequestEntity): Promise<ProtectedResource> {
    const providers = await this.providersOf(this.database.manager, request);
    return {
      organisationIds: [request.organisationId, ...providers],
      personId: request.requesterId,
    };
  }

  // A draft, and one that was withdrawn as a draft, is nothing that was asked of anybody: its provider does not see it.
  private async providersOf(
    manager: Database['manager'],
    { datasetId, undertakenAt }: AccessRequestEntity,
  ): Promise<readonly string[]> {
    const provider =
      undertakenAt === null ? undefined : await this.requests.providerOf(manager, datasetId);
    return provider === undefined ? [] : [provider];
  }

  private async view(request: AccessRequestEntity): Promise<AccessRequestView> {
    const decisions = await this.requests.decisionsOf(this.database.manager, request.id);
    return toAccessRequestView(request, decisions);
  }

  // The provider decides; everything else is the requester's own.
  private async require(
    tx: Tx,
    principal: Principal,
    operation: RequestOperation,
    request: AccessRequestEntity,
  ): Promise<void> {
    const { organisationId, requesterId } = request;
    this.authorisation.require(
      principal,
      operation,
      operation === 'access_request:decide'
        ? { organisationIds: await this.providersOf(tx, request) }
        : { organisationIds: [organisationId], personId: requesterId },
    );
  }

  private async load(manager: Database['manager'], id: string): Promise<AccessRequestEntity> {
    const request = await this.requests.find(manager, id);
    if (!request) {
      throw new ConcordatError('not_found');
    }
    return request;
  }
}

/** What every event of a request says. @param principal null when the broker acts. */
export function aboutRequest(
  principal: Principal | null,
  { request, provider }: AccessFacts,
  actingFor: string = request.organisationId,
) {
  return {
    ...(principal ? actorFields(principal, actingFor) : BROKER_ACTOR),
    organisationIds: [...new Set([request.organisationId, provider.id])],
    projectId: request.projectId,
    datasetId: request.datasetId,
    agreementId: request.agreementId,
    accessRequestId: request.id,
    alsoAbout: [request.requesterId],
  };
}

/** The same for what the requester does to it: its provider sees that of a request that was submitted once. */
export function aboutOwnRequest(
  principal: Principal,
  facts: AccessFacts,
  { undertakenAt, organisationId }: AccessRequestEntity,
) {
  const about = aboutRequest(principal, facts);
  return undertakenAt === null ? { ...about, organisationIds: [organisationId] } : about;
}
