import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import type { Decision } from '../../policy/decision.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService, type PolicyQuestion } from '../../policy/policy.service.js';
import { attributesOf } from '../../requests/access-attributes.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { deliveryAction } from '../../requests/delivery-action.js';
import { AccessFactsService } from '../../requests/access-facts.service.js';
import type { DeliveryCaller, DeliveryGrant } from '../delivery.types.js';

const FACTS_MS = 60_000;
const MAX_FACTS = 10_000;

/** Asks policy about each delivery request, on facts at most 60 s old per grant and epoch (grants-and-delivery section 1). */
@Injectable()
export class DeliveryDecision {
  private readonly facts = new LRUCache<string, AccessFacts>({ max: MAX_FACTS, ttl: FACTS_MS });

  constructor(
    private readonly database: Database,
    private readonly repository: AccessFactsService,
    private readonly policy: PolicyService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async decide(grant: DeliveryGrant, caller: DeliveryCaller): Promise<Decision> {
    const now = this.clock.now();
    const facts = await this.factsOf(grant, now);
    const { agreementId, agreementVersion, datasetId } = grant;
    const question: PolicyQuestion = {
      key: { agreementId, agreementVersion, datasetId, action: deliveryAction(grant.delivery) },
      attributes: attributesOf(facts, {
        now,
        kind: caller.via === 'token' && caller.clientId !== null ? 'service' : 'person',
        authLevel: authLevelOf(caller, facts),
        delivery: grant.delivery,
        ip: caller.ip,
        country: caller.country,
        // GrantAccess has seen that the caller holds the key.
        hasDpop: grant.jkt !== null,
      }),
      narrowing:
        facts.request.conditions === null ? null : parseCondition(facts.request.conditions),
    };
    const decision = this.policy.decide(question);
    if (decision.reason !== 'no_agreement') {
      return decision;
    }
    // The row may be of a version that was published a moment ago: what this node has not heard of is no reason to refuse.
    await this.policy.catchUp();
    return this.policy.decide(question);
  }

  private async factsOf(grant: DeliveryGrant, now: Date): Promise<AccessFacts> {
    const key = `${grant.id}/${String(grant.epoch)}`;
    const known = this.facts.get(key);
    if (known) {
      return known;
    }
    const { manager } = this.database;
    const facts = await this.repository.find(manager, grant.accessRequestId, londonDay(now), now);
    if (!facts) {
      throw new ConcordatError('policy_unavailable');
    }
    this.facts.set(key, facts);
    return facts;
  }
}

// A grant token does not say how its holder signed in: issue and each refresh proved the level that the agreement asks,
// and a token lives ten minutes.
function authLevelOf(caller: DeliveryCaller, { agreement }: AccessFacts): number {
  if (caller.via === 'session') {
    return caller.authLevel;
  }
  return agreement.terms.minAuth === 'aal3' ? 3 : 2;
}
