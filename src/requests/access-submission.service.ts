import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { londonDay } from '../kernel/london-day.js';
import type { Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import { DecisionRecords } from '../policy/decision-records.service.js';
import type { Decision } from '../policy/decision.js';
import { PolicyService } from '../policy/policy.service.js';
import { policyRefusal } from '../policy/refusal.js';
import { attributesOf } from './access-attributes.js';
import type { AccessFacts } from './access-facts.js';
import { aboutRequest, AccessRequestGate } from './access-request-gate.js';
import type { AccessRequestEntity } from './access-request.entity.js';
import { checkSubmittable, moveAccessRequest } from './access-request.rules.js';
import type { AccessRequestView } from './access-request.view.js';
import { AccessRequestsRepository } from './access-requests.repository.js';
import { LiveRolesRepository } from './live-roles.repository.js';

/** Of a request, what its submission needs. */
type Submittable = Pick<
  AccessRequestEntity,
  'id' | 'agreementId' | 'organisationId' | 'purpose' | 'status'
>;
type StandingDecider = NonNullable<AccessFacts['agreement']['terms']['standingDecider']>;

/** Submitting, and what policy answers at once. */
@Injectable()
export class AccessSubmission {
  // eslint-disable-next-line max-params -- policy, its record, and what a slice needs
  constructor(
    private readonly gate: AccessRequestGate,
    private readonly requests: AccessRequestsRepository,
    private readonly roles: LiveRolesRepository,
    private readonly policy: PolicyService,
    private readonly decisions: DecisionRecords,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * Submits with the undertaking to the version that was read. In the same transaction policy refuses it, approves it
   * (`approval: policy`), or it waits for the owner.
   * @throws ConcordatError `policy_unavailable` when policy cannot decide: nothing is changed.
   */
  async submit(principal: Principal, id: string, versionHash: string): Promise<AccessRequestView> {
    return this.gate.change(principal, id, 'access_request:submit', (tx, request) =>
      this.submitIn(tx, principal, request, versionHash),
    );
  }

  /** The same inside the gate's transaction, which holds the locks of the project and the agreement. */
  async submitIn(
    tx: Tx,
    principal: Principal,
    { id, agreementId, organisationId, purpose, status: from }: Submittable,
    versionHash: string,
  ): Promise<void> {
    // With the policy lock the head stands still: a rule published a moment ago on another node is not missed.
    await takeLocks(tx, 'shared', [{ kind: 'policy', id: '' }]);
    const status = moveAccessRequest(from, 'submit', 'requester');
    const version = await this.requests.versionInForce(tx, agreementId);
    const facts = await this.gate.factsOf(tx, id, version);
    const now = this.clock.now();
    checkSubmittable(facts, versionHash, londonDay(now));
    if (await this.requests.owesClosure(tx, agreementId, organisationId, now)) {
      throw new ConcordatError('closure_overdue');
    }
    const type = from === 'returned' ? 'request.resubmitted' : 'request.submitted';
    const about = { ...aboutRequest(principal, facts), purpose };
    const auditEventId = await this.audit.record(tx, type, about);
    await this.requests.update(tx, id, {
      status,
      agreementVersion: facts.request.agreementVersion,
      undertakingHash: versionHash,
      undertakenAt: now,
      auditEventId,
    });
    await this.answer(tx, principal, facts);
  }

  // submitted → refused | approved | in_review, by the broker.
  private async answer(tx: Tx, principal: Principal, facts: AccessFacts): Promise<void> {
    const decision = await this.decide(tx, principal, facts);
    const decider = await this.standingDecider(tx, facts);
    if (decision.outcome === 'deny') {
      await this.conclude(tx, facts, decision, decider);
    } else if (decider) {
      await this.conclude(tx, facts, decision, decider);
    } else {
      const status = moveAccessRequest('submitted', 'refer', 'broker');
      const { id, requesterId } = facts.request;
      const auditEventId = await this.audit.record(tx, 'request.referred', {
        ...aboutRequest(null, facts),
        decisionId: decision.decisionId,
      });
      await this.decisions.record(tx, decision, requesterId, auditEventId);
      await this.requests.update(tx, id, { status, auditEventId });
    }
  }

  private async decide(tx: Tx, principal: Principal, facts: AccessFacts): Promise<Decision> {
    const { agreementId, agreementVersion, datasetId, delivery } = facts.request;
    const decision = await this.policy.decideAt(tx, facts.policyVersion, {
      key: { agreementId, agreementVersion, datasetId, action: 'dataset:request' },
      attributes: attributesOf(facts, {
        now: this.clock.now(),
        authLevel: principal.authLevel,
        delivery,
        ip: principal.ip,
        country: principal.country,
        // A proof comes with each grant, not with the request for one.
        hasDpop: facts.agreement.terms.dpop,
      }),
    });
    if (decision.reason === 'policy_unavailable' || decision.reason === 'engine_error') {
      throw policyRefusal(decision);
    }
    return decision;
  }

  // `approval: policy` acts as `owner` once its person leaves; who works in the project, or did, decides nothing in it.
  private async standingDecider(
    tx: Tx,
    { agreement, provider, request }: AccessFacts,
  ): Promise<StandingDecider | undefined> {
    const { approval, standingDecider } = agreement.terms;
    if (approval !== 'policy' || !standingDecider) {
      return undefined;
    }
    const { personId } = standingDecider;
    const held = { personId, organisationId: provider.id, role: 'data_owner' } as const;
    const isLive = await this.roles.holds(tx, held, londonDay(this.clock.now()));
    const isInvolved = await this.requests.hasWorkedIn(tx, request.projectId, personId);
    return isLive && !isInvolved ? standingDecider : undefined;
  }

  private async conclude(
    tx: Tx,
    facts: AccessFacts,
    decision: Decision,
    decider: StandingDecider | undefined,
  ): Promise<void> {
    const isApproved = decision.outcome === 'allow';
    const outcome = isApproved ? 'approved' : 'refused';
    const status = moveAccessRequest('submitted', isApproved ? 'approve' : 'refuse', 'broker');
    const { id, requesterId } = facts.request;
    const auditEventId = await this.audit.record(tx, `request.${outcome}`, {
      ...aboutRequest(null, facts),
      reasonCodes: [decision.reason],
      decisionId: decision.decisionId,
      outcome: isApproved ? 'success' : 'refused',
    });
    await this.decisions.record(tx, decision, requesterId, auditEventId);
    await this.requests.insertDecision(tx, {
      id: this.ids.next(),
      accessRequestId: id,
      decision: outcome,
      reason: decision.explanation,
      conditions: null,
      deciderId: decider?.personId ?? null,
      position: decider?.position ?? 'Policy',
      role: decider ? 'data_owner' : 'broker',
      isAutomatic: true,
      decisionId: decision.decisionId,
      decidedAt: decision.decidedAt,
      auditEventId,
    });
    await this.requests.update(tx, id, { status, auditEventId });
  }
}
