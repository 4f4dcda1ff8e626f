import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actingFor, actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { RateLimits } from '../../platform/rate-limits/rate-limits.js';
import type { Decision } from '../../policy/decision.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService } from '../../policy/policy.service.js';
import { attributesOf } from '../../requests/access-attributes.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { assumedOf } from '../assumed.js';
import type { ExplainDto } from './explain.dto.js';
import { Explainable } from './explainable.service.js';
import { explained, type ExplanationView, type Reader } from './explained.js';

const AHEAD_MS = 366 * 86_400_000;
const PER_MINUTE = 60;

/** Would this be allowed, and what would have to change? Issues nothing (policy section 4). */
@Injectable()
export class Explain {
  // eslint-disable-next-line max-params -- the facts, the decision, the trail, the limit and the clock
  constructor(
    private readonly database: Database,
    private readonly explainable: Explainable,
    private readonly policy: PolicyService,
    private readonly audit: AuditService,
    private readonly rates: RateLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Decides by the rules in force now and by what is known now, with dates compared to `at`.
   * @throws ConcordatError `not_found` for what the caller may not explain, or is not there; `input_invalid` for a time
   * that has passed or is over a year ahead; `policy_unavailable` (503); `rate_limited` (429)
   */
  async explain(principal: Principal, dto: ExplainDto): Promise<ExplanationView> {
    if (!(await this.rates.take('explain', principal.personId, PER_MINUTE))) {
      throw new ConcordatError('rate_limited');
    }
    const at = this.timeOf(dto.at);
    const { facts, reader } = await this.explainable.find(principal, dto, at);
    this.policy.requireFresh();
    const { circumstances, assumed } = circumstancesOf(principal, facts, reader);
    const attributes = attributesOf(facts, { ...circumstances, now: at });
    const { agreementId, agreementVersion, datasetId, conditions } = facts.request;
    const key = { agreementId, agreementVersion, datasetId, action: dto.action };
    const narrowing = conditions === null ? null : parseCondition(conditions);
    const rules = this.policy.rulesFor(key);
    const question = { key, attributes, narrowing, now: at };
    const decision = this.policy.decideUnder(this.policy.currentVersion(), rules, question);
    await this.record(principal, facts, reader, decision);
    const { decisionId, outcome, reason, policyVersion, notAfter } = decision;
    return {
      decisionId,
      outcome,
      reason,
      policyVersion,
      decidedAt: decision.decidedAt.toISOString(),
      notAfter: notAfter?.toISOString() ?? null,
      ...explained(decision, { rules, narrowing, attributes }, reader),
      assumed,
    };
  }

  private timeOf(at: string | undefined): Date {
    const now = this.clock.now();
    const time = at === undefined ? now : new Date(at);
    const ahead = time.getTime() - now.getTime();
    if (ahead < 0 || ahead > AHEAD_MS) {
      const reason = 'must be from now to a year ahead';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/at', reason }] });
    }
    return time;
  }

  // To the owner of the data a request that was not submitted, and questions about it, are nothing.
  private async record(
    principal: Principal,
    { request, provider }: AccessFacts,
    { isOwner }: Reader,
    { reason, policyVersion, decisionId }: Decision,
  ): Promise<void> {
    const isKnown = isOwner || request.undertakingHash !== null;
    const organisationIds = [
      ...new Set([request.organisationId, ...(isKnown ? [provider.id] : [])]),
    ];
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'policy.explained', {
        ...actorFields(principal, actingFor(principal, organisationIds)),
        organisationIds,
        projectId: request.projectId,
        datasetId: request.datasetId,
        agreementId: request.agreementId,
        agreementVersion: request.agreementVersion,
        policyVersion,
        decisionId,
        reasonCodes: [reason],
        alsoAbout: [request.requesterId],
      }),
    );
  }
}

// Of somebody else nobody knows how they would sign in and from where: what the agreement asks is taken for granted. So is
// what nobody has asked for yet.
function circumstancesOf(principal: Principal, facts: AccessFacts, { isSelf }: Reader) {
  const { request, agreement } = facts;
  const { delivery, purpose, undertakingHash } = request;
  const asked =
    undertakingHash === null ? { 'request.purpose': purpose, 'request.delivery': delivery } : {};
  if (isSelf) {
    const { authLevel, ip, country } = principal;
    const hasDpop = agreement.terms.dpop;
    return { circumstances: { authLevel, ip, country, delivery, hasDpop }, assumed: asked };
  }
  const circumstances = assumedOf(facts);
  const { authLevel, country } = circumstances;
  return {
    circumstances,
    assumed: {
      ...asked,
      'subject.authLevel': authLevel,
      ...(country === null ? {} : { 'request.country': country }),
    },
  };
}
