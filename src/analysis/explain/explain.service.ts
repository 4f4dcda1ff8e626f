import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actingFor, actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService } from '../../policy/policy.service.js';
import { attributesOf } from '../../requests/access-attributes.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { AccessFactsService } from '../../requests/access-facts.service.js';
import { assumedOf } from '../assumed.js';
import type { ExplainDto } from './explain.dto.js';
import { explained, type ExplanationView } from './explained.js';

const AHEAD_MS = 366 * 86_400_000;

/** Would this be allowed, and what would have to change? Issues nothing (policy section 4). */
@Injectable()
export class Explain {
  // eslint-disable-next-line max-params -- the facts, the decision, the trail and the clock
  constructor(
    private readonly database: Database,
    private readonly facts: AccessFactsService,
    private readonly policy: PolicyService,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Researchers explain themselves, owners their own datasets, IG officers their organisation's people.
   * @throws ConcordatError `not_found` for what the caller may not explain, or is not there; `input_invalid` for a time
   * that has passed or is over a year ahead; `policy_unavailable` (503)
   */
  async explain(principal: Principal, dto: ExplainDto): Promise<ExplanationView> {
    const at = this.timeOf(dto.at);
    const { manager } = this.database;
    const facts = await this.facts.findFor(manager, dto, londonDay(at), at);
    if (!facts || !this.mayExplain(principal, facts)) {
      throw new ConcordatError('not_found');
    }
    this.policy.requireFresh();
    const { circumstances, assumed } = circumstancesOf(principal, facts);
    const attributes = attributesOf(facts, { ...circumstances, now: at });
    const { agreementId, agreementVersion, datasetId, conditions } = facts.request;
    const key = { agreementId, agreementVersion, datasetId, action: dto.action };
    const narrowing = conditions === null ? null : parseCondition(conditions);
    const rules = this.policy.rulesFor(key);
    const version = this.policy.currentVersion();
    const decision = this.policy.decideUnder(version, rules, {
      key,
      attributes,
      narrowing,
      now: at,
    });
    await this.record(principal, facts, decision.reason, version);
    return {
      outcome: decision.outcome,
      reason: decision.reason,
      policyVersion: version,
      explanation: decision.explanation,
      notAfter: decision.notAfter?.toISOString() ?? null,
      ...explained(decision, { rules, narrowing, attributes }, this.isOwner(principal, facts)),
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

  private mayExplain(principal: Principal, { request, provider }: AccessFacts): boolean {
    const { requesterId: personId, organisationId } = request;
    const isOfficerThere = principal.memberships.some(
      (held) => held.organisationId === organisationId && held.roles.includes('ig_officer'),
    );
    const may = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'policy:explain', { organisationIds, personId });
    return may([provider.id]) || (isOfficerThere && may([organisationId]));
  }

  private isOwner(principal: Principal, { provider }: AccessFacts): boolean {
    const organisationIds = [provider.id];
    return this.authorisation.allows(principal, 'guardrail:read', { organisationIds });
  }

  private async record(
    principal: Principal,
    { request, provider }: AccessFacts,
    reason: string,
    policyVersion: number,
  ): Promise<void> {
    const organisationIds = [...new Set([request.organisationId, provider.id])];
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'policy.explained', {
        ...actorFields(principal, actingFor(principal, organisationIds)),
        organisationIds,
        projectId: request.projectId,
        datasetId: request.datasetId,
        agreementId: request.agreementId,
        agreementVersion: request.agreementVersion,
        policyVersion,
        reasonCodes: [reason],
        alsoAbout: [request.requesterId],
      }),
    );
  }
}

// Of somebody else nobody knows how they would sign in and from where.
function circumstancesOf(principal: Principal, facts: AccessFacts) {
  const { request, agreement } = facts;
  if (principal.personId === request.requesterId) {
    const { authLevel, ip, country } = principal;
    const { delivery } = request;
    const hasDpop = agreement.terms.dpop;
    return { circumstances: { authLevel, ip, country, delivery, hasDpop }, assumed: {} };
  }
  const circumstances = assumedOf(facts);
  const { authLevel, country } = circumstances;
  return {
    circumstances,
    assumed: {
      'subject.authLevel': authLevel,
      ...(country === null ? {} : { 'request.country': country }),
    },
  };
}
