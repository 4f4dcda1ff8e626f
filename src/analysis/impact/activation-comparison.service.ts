import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { PreviewedVersion } from '../../agreements/lifecycle/activation-preview.service.js';
import { isJoining, type PartyStatus } from '../../agreements/parties/party-lifecycle.rules.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import type { Action, AttributeInput } from '../../policy/attributes.js';
import { PolicyService } from '../../policy/policy.service.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { AccessFactsService } from '../../requests/access-facts.service.js';
import { underDraft } from '../what-if/draft.rules.js';
import type { Compared } from './access-change.rules.js';
import type { Candidate } from './candidates.repository.js';
import { Hypothetical } from './hypothetical.service.js';

/** Decides for each candidate as things are, and as they would be with the version in force: both by the engine itself. */
@Injectable()
export class ActivationComparison {
  constructor(
    private readonly database: Database,
    private readonly facts: AccessFactsService,
    private readonly policy: PolicyService,
    private readonly hypothetical: Hypothetical,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param activatesAt null for a version with nothing to come: nothing is compared.
   * @throws ConcordatError `policy_unavailable` (503) on a node whose rules may be old.
   */
  async of(
    preview: PreviewedVersion,
    candidates: readonly Candidate[],
    activatesAt: Date | null,
  ): Promise<readonly Compared[]> {
    if (activatesAt === null || candidates.length === 0) {
      return [];
    }
    this.policy.requireFresh();
    const { version, inForce } = preview;
    const now = this.clock.now();
    const before = await this.factsOf(preview, candidates, inForce?.version ?? version, now);
    const after = await this.factsOf(preview, candidates, version, activatesAt);
    const compared: Compared[] = [];
    for (const candidate of candidates) {
      const [then, later] = [before.get(keyOf(candidate)), after.get(keyOf(candidate))];
      if (then && later) {
        const sides = { before: { facts: then, now }, after: { facts: later, now: activatesAt } };
        compared.push(...this.compareOne(preview, candidate, sides));
      }
      // Each takes its time on the processor; what else the node has to do comes in between.
      await breathe();
    }
    return compared;
  }

  private compareOne(
    { agreementId, version, inForce, activation }: PreviewedVersion,
    candidate: Candidate,
    sides: Readonly<Record<'before' | 'after', { facts: AccessFacts; now: Date }>>,
  ): readonly Compared[] {
    const { datasetId } = candidate;
    const rules = activation?.rules ?? [];
    const draft = { agreement: { id: agreementId, rules }, guardrails: [] };
    return actionsOn(datasetId, [...rules, ...(inForce?.rules ?? [])]).map((action) => {
      const key = { agreementId, agreementVersion: version, datasetId, action };
      const current = { ...key, agreementVersion: inForce?.version ?? version };
      const open = this.policy.rulesFor(current);
      return {
        candidate,
        agreementId,
        action,
        hasLiveGrant: sides.before.facts.liveGrantId !== null,
        before: this.hypothetical.decide(candidate, { key: current, rules: open, ...sides.before }),
        after: this.hypothetical.decide(candidate, {
          key,
          rules: underDraft(open, draft, key),
          ...sides.after,
          changes: activated(sides.after.facts),
        }),
      };
    });
  }

  /** By candidate; whoever left meanwhile is absent. */
  private async factsOf(
    { agreementId }: PreviewedVersion,
    candidates: readonly Candidate[],
    version: number,
    at: Date,
  ): Promise<ReadonlyMap<string, AccessFacts>> {
    const { manager } = this.database;
    const day = londonDay(at);
    const asked = candidates.flatMap(({ accessRequestId }) => accessRequestId ?? []);
    const unasked = candidates
      .filter(({ accessRequestId }) => accessRequestId === null)
      .map((candidate) => ({ ...candidate, agreementId }));
    const found = [
      ...(await this.facts.findMany(manager, asked, day, at, version)),
      ...(await this.facts.findManyUnasked(manager, unasked, day, at, version)),
    ];
    return new Map(
      found.map((facts) => {
        const { requesterId: personId, projectId, datasetId } = facts.request;
        return [keyOf({ personId, projectId, datasetId }), facts];
      }),
    );
  }
}

function actionsOn(
  datasetId: string,
  rules: readonly { readonly datasetId: string; readonly action: Action }[],
): readonly Action[] {
  const of = rules.filter((rule) => rule.datasetId === datasetId);
  return [...new Set(of.map(({ action }) => action))];
}

// The version and whoever is about to join it, as they will be. A party that is suspended stays so.
function activated({ agreement }: AccessFacts): AttributeInput {
  const joined = (status: string | null): string | null =>
    status !== null && isJoining(status as PartyStatus) ? 'active' : status;
  return {
    'agreement.status': 'active',
    'agreement.partyStatus': joined(agreement.partyStatus),
    'agreement.providerStatus': joined(agreement.providerStatus),
  };
}

function keyOf({
  personId,
  projectId,
  datasetId,
}: Pick<Candidate, 'personId' | 'projectId' | 'datasetId'>): string {
  return `${personId} ${projectId} ${datasetId}`;
}
