import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { PreparedEvent } from '../../audit/event-preparation.js';
import { actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, type PublicFields } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Lock } from '../../kernel/lock-order.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { EgressGuard } from '../../platform/object-store/egress-guard.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import type { Decision } from '../../policy/decision.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService } from '../../policy/policy.service.js';
import { attributesOf } from '../../requests/access-attributes.js';
import {
  AccessFactsRepository,
  type RequestScope,
} from '../../requests/access-facts.repository.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { fittingModes, grantExpiry, type DeliveryMode } from '../grant.rules.js';
import { IssueRate } from './issue-rate.js';
import { IssueRepository, type NewGrant, type StoredDecision } from './issue.repository.js';
import type { IssueCheck, IssueContext } from './issue-context.js';
import { CALLER_CHECKS, firstFailure, STANDING_CHECKS } from './pipeline.js';

const POLICY_ATTEMPTS = 3;

export interface IssueRequest {
  readonly accessRequestId: string;
  readonly delivery?: string | undefined;
  readonly expiresAt?: string | undefined;
}

export interface RefreshableGrant {
  readonly id: string;
  readonly accessRequestId: string;
  readonly delivery: string;
  readonly expiresAt: Date;
}

type Judged =
  | { readonly outcome: 'passed'; readonly context: IssueContext; readonly decision: Decision }
  | {
      readonly outcome: 'refused';
      readonly check: IssueCheck;
      readonly fields: PublicFields;
      readonly facts: AccessFacts | undefined;
      readonly decision: Decision | undefined;
    };

/** Carries out the issue pipeline: locks, facts, checks, and grant, decision and event in one transaction. */
@Injectable()
export class IssueService {
  // eslint-disable-next-line max-params -- the pipeline meets every part of the house
  constructor(
    private readonly database: Database,
    private readonly repository: IssueRepository,
    private readonly facts: AccessFactsRepository,
    private readonly policy: PolicyService,
    private readonly audit: AuditService,
    private readonly subjectKeys: SubjectKeys,
    private readonly rate: IssueRate,
    private readonly guard: EgressGuard,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * Issues one grant.
   * @returns its id; for a repeated Idempotency-Key the id of the grant that the key made.
   * @throws ConcordatError with the code of the first check that fails.
   */
  async issue(principal: Principal, request: IssueRequest, key: string): Promise<string> {
    const early = firstFailure(CALLER_CHECKS, {
      principal,
      isWithinRate: await this.rate.take(principal.personId),
    });
    if (early) {
      throw new ConcordatError(early.check.code, early.fields);
    }
    const scope = await this.facts.findScope(this.database.manager, request.accessRequestId);
    const grantId = this.ids.next();
    const result = await this.inAttempts(() =>
      this.database.transaction((tx) =>
        this.attempt(tx, principal, request, { key, grantId, scope }),
      ),
    );
    if (typeof result === 'string') {
      return result;
    }
    throw new ConcordatError(result.check.code, result.fields);
  }

  /**
   * Runs the standing checks again for a live grant, inside the caller's transaction, and records the outcome. Never
   * lengthens the grant.
   * @returns the failed check, when one fails: its refusal is recorded and the transaction may commit.
   */
  async reconsider(
    tx: Tx,
    principal: Principal,
    grant: RefreshableGrant,
    scope: RequestScope,
  ): Promise<{ readonly code: IssueCheck['code']; readonly fields: PublicFields } | undefined> {
    await this.repository.lock(tx, locksOf(scope));
    const request = { accessRequestId: grant.accessRequestId, delivery: grant.delivery };
    const judged = await this.judge(tx, principal, request, grant.id);
    const stored = judged.decision && (await this.store(judged.decision, principal.personId));
    const facts = judged.outcome === 'passed' ? judged.context.facts : judged.facts;
    const reasonCodes = judged.outcome === 'passed' ? [] : [judged.check.name];
    const type = judged.outcome === 'passed' ? 'grant.refreshed' : 'grant.refused';
    const event = await this.prepare(
      type,
      principal,
      grant.id,
      facts,
      judged.decision,
      reasonCodes,
    );
    await this.repository.insertOutcome(tx, event, stored);
    return judged.outcome === 'passed'
      ? undefined
      : { code: judged.check.code, fields: judged.fields };
  }

  // One attempt inside one transaction. A refusal commits its event and frees the key; a grant commits with its event.
  private async attempt(
    tx: Tx,
    principal: Principal,
    request: IssueRequest,
    { key, grantId, scope }: { key: string; grantId: string; scope: RequestScope | undefined },
  ): Promise<string | Extract<Judged, { outcome: 'refused' }>> {
    const now = this.clock.now();
    const bodySha256 = createHash('sha256')
      .update(canonicalJson({ ...request }))
      .digest();
    const claim = { principalId: principal.personId, key, bodySha256, grantId, now };
    const held = await this.repository.claimKey(tx, claim);
    if (held && held.bodySha256.equals(bodySha256)) {
      return held.grantId;
    }
    if (held) {
      throw new ConcordatError('idempotency_mismatch');
    }
    if (scope) {
      await this.repository.lock(tx, locksOf(scope));
    }
    const judged = await this.judge(tx, principal, request, undefined);
    const stored = judged.decision && (await this.store(judged.decision, principal.personId));
    if (judged.outcome === 'refused') {
      await this.repository.releaseKey(tx, principal.personId, key);
      const { facts, check, decision } = judged;
      const shown = check.code === 'not_found' ? undefined : facts;
      const event = await this.prepare('grant.refused', principal, undefined, shown, decision, [
        check.name,
      ]);
      await this.repository.insertOutcome(tx, event, stored);
      return judged;
    }
    const { facts } = judged.context;
    const event = await this.prepare(
      'grant.issued',
      principal,
      grantId,
      facts,
      judged.decision,
      [],
    );
    await this.repository.insertGrant(
      tx,
      newGrant(grantId, judged.context, judged.decision),
      stored as StoredDecision,
      event,
    );
    return grantId;
  }

  private async judge(
    tx: Tx,
    principal: Principal,
    request: IssueRequest,
    refreshes: string | undefined,
  ): Promise<Judged> {
    const now = this.clock.now();
    const facts = await this.facts.find(tx, request.accessRequestId, londonDay(now), now);
    const [visible] = STANDING_CHECKS;
    if (!facts || !visible || visible.check({ principal, facts } as IssueContext) !== true) {
      return {
        outcome: 'refused',
        check: visible as IssueCheck,
        fields: {},
        facts,
        decision: undefined,
      };
    }
    const delivery = chosenMode(facts, request.delivery);
    if (this.policy.currentVersion() !== facts.policyVersion) {
      throw new PolicyMoved();
    }
    const decision = this.decide(principal, facts, delivery ?? facts.request.delivery, now);
    const expiresAt = earliest(grantExpiry(facts, now, askedExpiry(request)), decision.notAfter);
    const context: IssueContext = {
      principal,
      now,
      isWithinRate: true,
      isKeyMismatched: false,
      refreshes,
      asked: request,
      facts,
      endpointFault: this.guard.endpointFault(facts.store.endpoint),
      delivery,
      expiresAt,
      policyVersion: decision.policyVersion,
      decision,
    };
    const failure = firstFailure(STANDING_CHECKS, context);
    return failure
      ? {
          outcome: 'refused',
          ...failure,
          facts,
          decision: failure.check.name === 'policyAllows' ? decision : undefined,
        }
      : { outcome: 'passed', context, decision };
  }

  private decide(principal: Principal, facts: AccessFacts, delivery: string, now: Date): Decision {
    const { agreementId, agreementVersion, datasetId, conditions } = facts.request;
    return this.policy.decide({
      key: { agreementId, agreementVersion, datasetId, action: 'dataset:read' },
      attributes: attributesOf(facts, {
        now,
        authLevel: principal.authLevel,
        delivery,
        ip: principal.ip,
        country: principal.country,
        hasDpop: false,
      }),
      narrowing: conditions === null ? null : parseCondition(conditions),
    });
  }

  // The transaction saw a policy version that this node has not loaded: load it and decide again, at most three times.
  private async inAttempts<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PolicyMoved)) {
          throw error;
        }
        if (attempt === POLICY_ATTEMPTS) {
          throw new ConcordatError('policy_unavailable');
        }
        await this.policy.catchUp();
      }
    }
  }

  private async store(decision: Decision, personId: string): Promise<StoredDecision> {
    const plain = Buffer.concat([decision.attributesSalt, Buffer.from(decision.attributesText)]);
    const aad = `concordat/decision/v1|${decision.decisionId}`;
    return { decision, personId, attributes: await this.subjectKeys.encrypt(personId, aad, plain) };
  }

  // eslint-disable-next-line max-params -- the parts of one event
  private async prepare(
    type: 'grant.issued' | 'grant.refreshed' | 'grant.refused',
    principal: Principal,
    grantId: string | undefined,
    facts: AccessFacts | undefined,
    decision: Decision | undefined,
    reasonCodes: readonly string[],
  ): Promise<PreparedEvent> {
    const { actorPersonId, actorOrganisationId } = actorFields(
      principal,
      facts?.request.organisationId,
    );
    return this.audit.prepare(type, {
      actorPersonId,
      actorOrganisationId,
      organisationIds: facts ? [facts.request.organisationId, facts.provider.id] : [],
      outcome: type === 'grant.refused' ? 'refused' : 'success',
      reasonCodes,
      projectId: facts?.request.projectId,
      datasetId: facts?.request.datasetId,
      agreementId: facts?.request.agreementId,
      agreementVersion: facts?.request.agreementVersion,
      accessRequestId: facts?.request.id,
      grantId,
      delivery: facts?.request.delivery,
      decisionId: decision?.decisionId,
      policyVersion: decision?.policyVersion,
    });
  }
}

class PolicyMoved extends Error {}

function locksOf({
  organisationIds,
  agreementId,
  projectId,
  personId,
  storeId,
}: RequestScope): readonly Lock[] {
  return [
    ...organisationIds.map((id): Lock => ({ kind: 'organisation', id })),
    { kind: 'agreement', id: agreementId },
    { kind: 'project', id: projectId },
    { kind: 'person', id: personId },
    { kind: 'store', id: storeId },
    { kind: 'policy', id: '' },
  ];
}

function chosenMode(facts: AccessFacts, asked: string | undefined): DeliveryMode | undefined {
  const wanted = asked ?? facts.request.delivery;
  return fittingModes(facts).find((mode) => mode === wanted);
}

function askedExpiry({ expiresAt }: IssueRequest): Date | undefined {
  return expiresAt === undefined ? undefined : new Date(expiresAt);
}

function earliest(one: Date, other: Date | null): Date {
  return other !== null && other.getTime() < one.getTime() ? other : one;
}

function newGrant(
  id: string,
  { facts, delivery, expiresAt, now }: IssueContext,
  decision: Decision,
): NewGrant {
  const { request, agreement } = facts;
  return {
    id,
    accessRequestId: request.id,
    personId: request.requesterId,
    organisationId: request.organisationId,
    projectId: request.projectId,
    agreementId: request.agreementId,
    agreementVersion: request.agreementVersion,
    datasetId: request.datasetId,
    datasetVersion: facts.dataset.sealedVersion,
    providerId: facts.provider.id,
    storeId: facts.store.id,
    delivery: delivery ?? 'stream',
    issuedAt: now,
    expiresAt,
    maxRevocationSeconds: agreement.terms.maxRevocationSeconds,
    policyVersion: decision.policyVersion,
    maxBytes: agreement.terms.maxBytes ?? null,
    maxDownloads: agreement.terms.maxDownloads ?? null,
  };
}
