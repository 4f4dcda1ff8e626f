import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import { EgressGuard } from '../../platform/object-store/egress-guard.js';
import type { Decision } from '../../policy/decision.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService } from '../../policy/policy.service.js';
import { attributesOf } from '../../requests/access-attributes.js';
import { AccessFactsService } from '../../requests/access-facts.service.js';
import { deliveryAction } from '../../requests/delivery-action.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { fittingModes } from '../delivery-modes.rules.js';
import { grantExpiry } from '../grant.rules.js';
import type { IssueContext } from './issue-context.js';
import { firstFailure, SIGHT_CHECKS, STANDING_CHECKS, type Failure } from './pipeline.js';

/** What is asked for: a new grant, or a fresh token of one that stands. */
export interface AskedGrant {
  readonly accessRequestId: string;
  readonly delivery?: string | undefined;
  /** The grant is to end no later. */
  readonly expiresAt?: Date | undefined;
  readonly refreshes?: {
    readonly id: string;
    readonly isBudgetLeft: boolean;
    readonly jkt: string | null;
  };
}

export interface Passed {
  readonly outcome: 'passed';
  readonly context: IssueContext;
  readonly decision: Decision;
}

export interface Refused extends Failure {
  readonly outcome: 'refused';
  /** Undefined for a request that the caller must not know of. */
  readonly facts?: AccessFacts | undefined;
  /** Whichever check refused: what policy said is kept too. Undefined when it was not asked. */
  readonly decision?: Decision | undefined;
}

/** Steps 3 and after of the pipeline, up to the answer: one read, one decision, and the checks in their order. */
@Injectable()
export class IssueJudge {
  constructor(
    private readonly facts: AccessFactsService,
    private readonly policy: PolicyService,
    private readonly guard: EgressGuard,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The caller holds every lock of the request's scope, so what is read here stands until COMMIT. */
  async judge(tx: Tx, principal: Principal, asked: AskedGrant): Promise<Passed | Refused> {
    const now = this.clock.now();
    const found = await this.facts.find(tx, asked.accessRequestId, londonDay(now), now);
    const requesterId = found?.request.requesterId;
    const requestedIn = found?.request.organisationId;
    const hidden = firstFailure(SIGHT_CHECKS, { principal, requesterId, requestedIn });
    if (hidden) {
      return { outcome: 'refused', ...hidden };
    }
    // Visible, so there.
    const facts = found as AccessFacts;
    const wanted = asked.delivery ?? facts.request.delivery;
    const decision = await this.decide(tx, principal, facts, wanted, now);
    const context: IssueContext = {
      principal,
      now,
      isWithinRate: true,
      isKeyMismatched: false,
      refreshes: asked.refreshes?.id,
      boundTo: asked.refreshes?.jkt ?? null,
      requesterId,
      requestedIn,
      asked,
      facts,
      endpointFault: facts.store ? this.guard.endpointFault(facts.store.endpoint) : 'is not there',
      delivery: fittingModes(facts).find((mode) => mode === wanted),
      expiresAt: earliest(grantExpiry(facts, now, asked.expiresAt), decision.notAfter),
      isBudgetLeft: asked.refreshes?.isBudgetLeft ?? true,
      decision,
    };
    const failure = firstFailure(STANDING_CHECKS, context);
    if (!failure) {
      return { outcome: 'passed', context, decision };
    }
    return { outcome: 'refused', ...failure, facts, decision };
  }

  private decide(
    tx: Tx,
    principal: Principal,
    facts: AccessFacts,
    delivery: string,
    now: Date,
  ): Promise<Decision> {
    const { agreementId, agreementVersion, datasetId, conditions } = facts.request;
    return this.policy.decideAt(tx, facts.policyVersion, {
      key: { agreementId, agreementVersion, datasetId, action: deliveryAction(delivery) },
      attributes: attributesOf(facts, {
        now,
        kind: principal.kind,
        authLevel: principal.authLevel,
        delivery,
        ip: principal.ip,
        country: principal.country,
        hasDpop: principal.jkt !== undefined,
      }),
      narrowing: conditions === null ? null : parseCondition(conditions),
    });
  }
}

function earliest(one: Date, other: Date | null): Date {
  return other !== null && other.getTime() < one.getTime() ? other : one;
}
