import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { BROKER_ACTOR, actorFields } from '../identity/actor.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { endOfDay, londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { takeLocks } from '../platform/database/locks.js';
import { nextReference } from '../platform/database/references.js';
import type { Decision } from '../policy/decision.js';
import { parseCondition } from '../policy/parse-condition.js';
import { PolicyService } from '../policy/policy.service.js';
import { AccessFactsService } from './access-facts.service.js';
import type { AccessFacts } from './access-facts.js';
import { attributesOf } from './access-attributes.js';
import type { AccessDecisionDto, AccessRequestDto } from './access-request.dto.js';
import type { AccessRequestEntity } from './access-request.entity.js';
import { moveAccessRequest, type AccessRequestStatus } from './access-request.rules.js';
import { toAccessRequestView, type AccessRequestView } from './access-request.view.js';
import { AccessRequestsRepository, type AgreementFit } from './access-requests.repository.js';

/** Asking for one dataset under one agreement, and deciding on it. */
@Injectable()
export class AccessRequestsService {
  // eslint-disable-next-line max-params -- the request meets every part above it
  constructor(
    private readonly database: Database,
    private readonly requests: AccessRequestsRepository,
    private readonly facts: AccessFactsService,
    private readonly authorisation: Authorisation,
    private readonly policy: PolicyService,
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
    return this.get(principal, id);
  }

  async get(principal: Principal, id: string): Promise<AccessRequestView> {
    const manager = this.database.manager;
    const request = await this.requests.find(manager, id);
    if (!request) {
      throw new ConcordatError('not_found');
    }
    this.authorisation.require(
      principal,
      'access_request:read',
      await this.resource(manager, request),
    );
    return toAccessRequestView(request, await this.requests.decisionsOf(manager, id));
  }

  async list(
    principal: Principal,
    after: string | null,
    limit: number,
  ): Promise<AccessRequestEntity[]> {
    return this.requests.list(
      this.database.manager,
      {
        personId: principal.personId,
        organisationIds: principal.memberships
          .filter(({ organisationId }) =>
            this.authorisation.allows(principal, 'access_request:read', {
              organisationIds: [organisationId],
            }),
          )
          .map(({ organisationId }) => organisationId),
        seesAll: this.authorisation.allows(principal, 'access_request:read', {
          organisationIds: [],
        }),
      },
      after,
      limit,
    );
  }

  /**
   * Submits with the undertaking to the version that was read. In the same transaction policy refuses it, approves it
   * (`approval: policy`), or it waits for the owner.
   */
  async submit(principal: Principal, id: string, versionHash: string): Promise<AccessRequestView> {
    await this.change(principal, id, 'access_request:submit', async (tx, request) => {
      const isResubmission = request.status === 'returned';
      const submitted = moveAccessRequest(request.status, 'submit', 'requester');
      const facts = await this.requireFacts(tx, id);
      requireSubmittable(facts, versionHash, this.clock.now());
      const auditEventId = await this.audit.record(
        tx,
        isResubmission ? 'request.resubmitted' : 'request.submitted',
        { ...this.about(principal, facts), purpose: request.purpose },
      );
      await this.requests.update(tx, id, {
        status: submitted,
        agreementVersion: facts.request.agreementVersion,
        undertakingHash: versionHash,
        undertakenAt: this.clock.now(),
        auditEventId,
      });
      await this.answer(tx, principal, facts);
    });
    return this.get(principal, id);
  }

  async withdraw(principal: Principal, id: string): Promise<AccessRequestView> {
    await this.change(principal, id, 'access_request:withdraw', async (tx, request) => {
      const status = moveAccessRequest(request.status, 'withdraw', 'requester');
      const facts = await this.requireFacts(tx, id);
      const auditEventId = await this.audit.record(
        tx,
        'request.withdrawn',
        this.about(principal, facts),
      );
      await this.requests.update(tx, id, { status, auditEventId });
    });
    return this.get(principal, id);
  }

  /** The provider's data_owner approves, refuses or returns; nobody decides on their own project. */
  async decide(
    principal: Principal,
    id: string,
    dto: AccessDecisionDto,
  ): Promise<AccessRequestView> {
    const conditions =
      dto.conditions === undefined ? null : parseCondition(dto.conditions, '/conditions');
    if (conditions && dto.decision !== 'approved') {
      const reason = 'only an approval carries conditions';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/conditions', reason }] });
    }
    await this.change(principal, id, 'access_request:decide', async (tx, request) => {
      const move = ({ approved: 'approve', refused: 'refuse', returned: 'return' } as const)[
        dto.decision
      ];
      const status = moveAccessRequest(request.status, move, 'data_owner');
      const facts = await this.requireFacts(tx, id);
      if (await this.requests.memberOrganisation(tx, request.projectId, principal.personId)) {
        throw new ConcordatError('operation_denied', {
          detail: 'A member of the project cannot decide its requests.',
        });
      }
      const type = `request.${dto.decision}` as const;
      const auditEventId = await this.audit.record(tx, type, {
        ...this.aboutDecision(principal, facts),
        reasonText: dto.reason,
      });
      await this.requests.insertDecision(tx, {
        id: this.ids.next(),
        accessRequestId: id,
        decision: dto.decision,
        reason: dto.reason,
        conditions,
        deciderId: principal.personId,
        position: positionIn(principal, facts.provider.id),
        role: 'data_owner',
        isAutomatic: false,
        decisionId: null,
        decidedAt: this.clock.now(),
        auditEventId,
      });
      await this.requests.update(tx, id, { status, auditEventId });
    });
    return this.get(principal, id);
  }

  private async insert(tx: Tx, principal: Principal, dto: AccessRequestDto): Promise<string> {
    const organisationId = await this.requests.memberOrganisation(
      tx,
      dto.projectId,
      principal.personId,
    );
    const provider = await this.requests.providerOf(tx, dto.datasetId);
    if (organisationId === undefined || provider === undefined) {
      throw new ConcordatError('not_found');
    }
    const fit = await this.requests.findFit(tx, dto.agreementId, dto.datasetId, organisationId);
    if (!fit?.isRecipient) {
      throw new ConcordatError('not_found');
    }
    const delivery = requireFit(dto, fit);
    const now = this.clock.now();
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'request.created', {
      ...actorFields(principal, organisationId),
      organisationIds: [organisationId, provider],
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
      requesterId: principal.personId,
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

  // submitted → refused | approved | in_review, by the broker.
  private async answer(tx: Tx, principal: Principal, facts: AccessFacts): Promise<void> {
    const decision = this.decideByPolicy(principal, facts);
    if (decision.outcome === 'deny') {
      await this.record(tx, facts, 'refused', decision);
    } else if (
      facts.agreement.terms.approval === 'policy' &&
      facts.agreement.terms.standingDecider
    ) {
      await this.record(tx, facts, 'approved', decision);
    } else {
      const status = moveAccessRequest('submitted', 'refer', 'broker');
      const auditEventId = await this.audit.record(tx, 'request.referred', this.about(null, facts));
      await this.requests.update(tx, facts.request.id, { status, auditEventId });
    }
  }

  private decideByPolicy(principal: Principal, facts: AccessFacts): Decision {
    return this.policy.decide({
      key: {
        agreementId: facts.request.agreementId,
        agreementVersion: facts.request.agreementVersion,
        datasetId: facts.request.datasetId,
        action: 'dataset:request',
      },
      attributes: attributesOf(facts, {
        now: this.clock.now(),
        authLevel: principal.authLevel,
        delivery: facts.request.delivery,
        ip: principal.ip,
        country: principal.country,
        hasDpop: false,
      }),
    });
  }

  private async record(
    tx: Tx,
    facts: AccessFacts,
    outcome: 'approved' | 'refused',
    decision: Decision,
  ): Promise<void> {
    const status: AccessRequestStatus = moveAccessRequest(
      'submitted',
      outcome === 'approved' ? 'approve' : 'refuse',
      'broker',
    );
    const decider = facts.agreement.terms.standingDecider;
    const auditEventId = await this.audit.record(tx, `request.${outcome}` as const, {
      ...this.aboutDecision(null, facts),
      reasonCodes: [decision.reason],
      decisionId: decision.decisionId,
      outcome: outcome === 'approved' ? 'success' : 'refused',
    });
    await this.requests.insertDecision(tx, {
      id: this.ids.next(),
      accessRequestId: facts.request.id,
      decision: outcome,
      reason: decision.explanation,
      conditions: null,
      deciderId: decider?.personId ?? facts.request.requesterId,
      position: decider?.position ?? 'Policy',
      role: 'data_owner',
      isAutomatic: true,
      decisionId: decision.decisionId,
      decidedAt: this.clock.now(),
      auditEventId,
    });
    await this.requests.update(tx, facts.request.id, { status, auditEventId });
  }

  // Under the project's exclusive lock (a request change takes its project's).
  private async change(
    principal: Principal,
    id: string,
    operation: 'access_request:submit' | 'access_request:withdraw' | 'access_request:decide',
    work: (tx: Tx, request: AccessRequestEntity) => Promise<void>,
  ): Promise<void> {
    const seen = await this.requests.find(this.database.manager, id);
    if (!seen) {
      throw new ConcordatError('not_found');
    }
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'project', id: seen.projectId }]);
      const request = await this.requests.find(tx, id);
      if (!request) {
        throw new ConcordatError('not_found');
      }
      this.authorisation.require(
        principal,
        operation,
        operation === 'access_request:decide'
          ? { organisationIds: [(await this.requests.providerOf(tx, request.datasetId)) ?? ''] }
          : { organisationIds: [request.organisationId], personId: request.requesterId },
      );
      await work(tx, request);
    });
  }

  private async requireFacts(tx: Tx, id: string): Promise<AccessFacts> {
    const now = this.clock.now();
    const facts = await this.facts.find(tx, id, londonDay(now), now);
    if (!facts) {
      throw new ConcordatError('not_found');
    }
    return facts;
  }

  private async resource(manager: Database['manager'], request: AccessRequestEntity) {
    const provider = await this.requests.providerOf(manager, request.datasetId);
    return {
      organisationIds: [request.organisationId, ...(provider === undefined ? [] : [provider])],
      personId: request.requesterId,
    };
  }

  private about(principal: Principal | null, { request, provider }: AccessFacts) {
    return {
      ...(principal ? actorFields(principal, request.organisationId) : BROKER_ACTOR),
      organisationIds: [request.organisationId, provider.id],
      projectId: request.projectId,
      datasetId: request.datasetId,
      agreementId: request.agreementId,
      accessRequestId: request.id,
      alsoAbout: [request.requesterId],
    };
  }

  private aboutDecision(principal: Principal | null, facts: AccessFacts) {
    return {
      ...this.about(principal, facts),
      ...(principal ? actorFields(principal, facts.provider.id) : {}),
    };
  }
}

/** @returns the delivery mode: the one asked for, or the agreement's first. */
function requireFit(dto: AccessRequestDto, fit: AgreementFit): string {
  const delivery = dto.delivery ?? fit.modes[0] ?? '';
  const errors = [
    ...(fit.hasDataset ? [] : [{ pointer: '/datasetId', reason: 'is no item of the agreement' }]),
    ...(fit.modes.includes(delivery)
      ? []
      : [{ pointer: '/delivery', reason: `must be one of ${fit.modes.join(', ')}` }]),
  ];
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
  return delivery;
}

function requireSubmittable(facts: AccessFacts, versionHash: string, now: Date): void {
  const { agreement, request } = facts;
  const isInForce =
    agreement.status === 'active' &&
    agreement.partyStatus === 'active' &&
    agreement.providerStatus === 'active';
  if (!isInForce) {
    throw new ConcordatError('agreement_not_active');
  }
  if (agreement.versionHash !== versionHash) {
    throw new ConcordatError('undertaking_stale', { currentHash: agreement.versionHash });
  }
  if (endOfDay(request.untilOn).getTime() <= now.getTime()) {
    const reason = 'must not be in the past';
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/until', reason }] });
  }
}

function positionIn(principal: Principal, organisationId: string): string {
  const membership = principal.memberships.find((held) => held.organisationId === organisationId);
  return membership?.position ?? '';
}
