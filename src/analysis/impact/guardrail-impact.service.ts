import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Approvals } from '../../organisations/approvals/approvals.service.js';
import { Database } from '../../platform/database/database.js';
import { ACTIONS, type Action } from '../../policy/attributes.js';
import type { GuardrailChange } from '../../policy/guardrail.js';
import { PolicyGuardrails } from '../../policy/policy-guardrails.service.js';
import { PolicyService } from '../../policy/policy.service.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { AccessFactsService } from '../../requests/access-facts.service.js';
import { fromProposed } from '../guardrails/guardrail.rules.js';
import { underDraft, type Draft } from '../what-if/draft.rules.js';
import { changesIn, type AccessChanges, type Compared } from './access-change.rules.js';
import { CandidatesRepository, type Candidate } from './candidates.repository.js';
import { Hypothetical } from './hypothetical.service.js';

/** Whose access a proposed guardrail takes or gives back, among those who asked for some. */
export interface GuardrailImpactView extends AccessChanges {
  readonly approvalId: string;
  readonly guardrail: string;
  readonly datasetId: string | null;
  /** How many requests this page compared. */
  readonly examined: number;
}

/** A page, and after which request the next starts. */
export interface GuardrailImpactPage {
  readonly view: GuardrailImpactView;
  readonly next: string | null;
}

/** Who gains and who loses by a guardrail that waits for its second person (policy section 5). */
@Injectable()
export class GuardrailImpact {
  // eslint-disable-next-line max-params -- the proposal, the people, the engine and the clock
  constructor(
    private readonly database: Database,
    private readonly approvals: Approvals,
    private readonly guardrails: PolicyGuardrails,
    private readonly candidates: CandidatesRepository,
    private readonly facts: AccessFactsService,
    private readonly policy: PolicyService,
    private readonly hypothetical: Hypothetical,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @throws ConcordatError `not_found` to whom the approval is not shown; `transition_not_allowed` once it is answered;
   * `conflict` for another act; `policy_unavailable` (503).
   */
  async of(
    principal: Principal,
    approvalId: string,
    after: string | null,
    limit: number,
  ): Promise<GuardrailImpactPage> {
    const approval = await this.approvals.getOpen(principal, approvalId);
    if (approval.act !== 'guardrail_change') {
      const detail = 'Only a guardrail change is compared here: ask for the impact of its target.';
      throw new ConcordatError('conflict', { detail, act: approval.act });
    }
    this.policy.requireFresh();
    const change = fromProposed(approval.change);
    const { manager } = this.database;
    const found = await this.candidates.ofGuardrail(manager, change.datasetId, after, limit + 1);
    const page = found.slice(0, limit);
    const compared = await this.compare(change, page);
    const view = {
      approvalId,
      guardrail: change.id,
      datasetId: change.datasetId,
      examined: page.length,
      // Whoever is shown the approval owns the data, or is the operator; and all of these have asked.
      ...changesIn(compared, () => true),
    };
    return { view, next: found.length > limit ? (page.at(-1)?.accessRequestId ?? null) : null };
  }

  private async compare(
    change: GuardrailChange,
    candidates: readonly Candidate[],
  ): Promise<readonly Compared[]> {
    const { manager } = this.database;
    const now = this.clock.now();
    const open = await this.guardrails.findOpen(manager, change);
    const concerned = [...(open?.actions ?? []), ...(change.text?.actions ?? [])];
    const actions = ACTIONS.filter((action) => concerned.includes(action));
    const ids = candidates.flatMap(({ accessRequestId }) => accessRequestId ?? []);
    const found = await this.facts.findMany(manager, ids, londonDay(now), now);
    const byId = new Map(found.map((facts) => [facts.request.id, facts]));
    const compared: Compared[] = [];
    for (const candidate of candidates) {
      const facts = byId.get(candidate.accessRequestId ?? '');
      if (facts) {
        compared.push(
          ...actions.map((action) => this.compareOne(change, candidate, facts, { action, now })),
        );
      }
      await breathe();
    }
    return compared;
  }

  private compareOne(
    change: GuardrailChange,
    candidate: Candidate,
    facts: AccessFacts,
    { action, now }: { readonly action: Action; readonly now: Date },
  ): Compared {
    const { agreementId, agreementVersion, datasetId } = facts.request;
    const key = { agreementId, agreementVersion, datasetId, action };
    const rules = this.policy.rulesFor(key);
    const question = { key, facts, now };
    return {
      candidate,
      agreementId,
      action,
      hasLiveGrant: facts.liveGrantId !== null,
      before: this.hypothetical.decide(candidate, { ...question, rules }),
      after: this.hypothetical.decide(candidate, {
        ...question,
        rules: underDraft(rules, draftOf(change), key),
      }),
    };
  }
}

function draftOf({ id, datasetId, text }: GuardrailChange): Draft {
  const { actions, condition } = text ?? { actions: [], condition: null };
  return { agreement: null, guardrails: [{ id, datasetId, actions, condition }] };
}
