import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Effectiveness } from '../../agreements/lifecycle/effectiveness.service.js';
import { AuditService } from '../../audit/audit.service.js';
import { actingFor, actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Decision } from '../../policy/decision.js';
import { parseCondition } from '../../policy/parse-condition.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { checkId } from '../guardrails/guardrail.rules.js';
import { PeopleNames } from '../people-names.repository.js';
import { DecisionStore, type RecordedDecision } from '../replay/decision-store.repository.js';
import { Replay } from '../replay/replay.service.js';
import { underDraft, type Draft } from './draft.rules.js';
import type { WhatIfDto } from './what-if.dto.js';

const MAX_DAYS = 30;
const DAY_MS = 86_400_000;
const PAGE = 500;
const MAX_REPLAYED = 50_000;
const MAX_CHANGED = 1_000;

/** One decision that the draft would have made otherwise; its person by pseudonym (R5.7). */
export interface ChangedAnswer {
  readonly decisionId: string;
  readonly decidedAt: string;
  readonly pseudonym: string | null;
  readonly agreementId: string;
  readonly datasetId: string;
  readonly action: string;
  readonly before: { readonly outcome: string; readonly reason: string };
  readonly after: {
    readonly outcome: string;
    readonly reason: string;
    readonly explanation: string;
  };
}

export interface WhatIfView {
  readonly from: string;
  readonly to: string;
  readonly replayed: number;
  /** Their person was erased, or policy had made no decision. */
  readonly notReplayable: number;
  readonly granted: number;
  readonly refused: number;
  /** False when there were more decisions than are replayed. */
  readonly isComplete: boolean;
  /** The first thousand of `granted` and `refused`. */
  readonly changed: readonly ChangedAnswer[];
}

interface Tally {
  replayed: number;
  notReplayable: number;
  granted: number;
  refused: number;
  readonly changed: { readonly record: RecordedDecision; readonly after: Decision }[];
}

/** What recorded decisions would have been under a draft (policy section 5). */
@Injectable()
export class WhatIf {
  // eslint-disable-next-line max-params -- what is replayed, under what, for whom, and the trail
  constructor(
    private readonly database: Database,
    private readonly store: DecisionStore,
    private readonly replay: Replay,
    private readonly effectiveness: Effectiveness,
    private readonly names: PeopleNames,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The operator's administrators and officers see every decision; others those on the datasets of their organisations.
   * @throws ConcordatError `input_invalid` for an empty draft or over 30 days; `condition_invalid`, `agreement_incomplete`
   */
  async simulate(principal: Principal, dto: WhatIfDto): Promise<WhatIfView> {
    const window = this.windowOf(dto);
    const draft = await this.draftOf(principal, dto);
    const ownerIds = this.ownersFor(principal);
    const tally: Tally = { replayed: 0, notReplayable: 0, granted: 0, refused: 0, changed: [] };
    const isComplete = await this.run(draft, window, ownerIds, tally);
    await this.record(principal, dto, tally);
    const { changed, ...counts } = tally;
    return {
      from: window.from.toISOString(),
      to: window.to.toISOString(),
      ...counts,
      isComplete,
      changed: await this.views(changed),
    };
  }

  private windowOf(dto: WhatIfDto): { readonly from: Date; readonly to: Date } {
    const to = dto.to === undefined ? this.clock.now() : new Date(dto.to);
    const from =
      dto.from === undefined ? new Date(to.getTime() - MAX_DAYS * DAY_MS) : new Date(dto.from);
    const span = to.getTime() - from.getTime();
    if (span <= 0 || span > MAX_DAYS * DAY_MS) {
      const reason = `must be before to, and at most ${String(MAX_DAYS)} days`;
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/from', reason }] });
    }
    return { from, to };
  }

  private async draftOf(principal: Principal, dto: WhatIfDto): Promise<Draft> {
    const { agreementId, guardrails = [] } = dto;
    if (agreementId === undefined && guardrails.length === 0) {
      const reason = 'names no agreement and no guardrail';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '', reason }] });
    }
    const agreement =
      agreementId === undefined
        ? null
        : { id: agreementId, rules: await this.effectiveness.rulesOf(principal, agreementId) };
    return {
      agreement,
      guardrails: guardrails.map(({ id, actions = [], datasetId = null, condition }, at) => {
        checkId({ id, datasetId });
        const pointer = `/guardrails/${String(at)}/condition`;
        const parsed = condition === null ? null : parseCondition(condition, pointer);
        return { id, actions, datasetId, condition: parsed };
      }),
    };
  }

  private ownersFor(principal: Principal): readonly string[] | null {
    const may = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'policy:what_if', { organisationIds });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    return may([]) ? null : own.filter((id) => may([id]));
  }

  /** A page in memory at a time. @returns false when there are more than it replays. */
  private async run(
    draft: Draft,
    { from, to }: { readonly from: Date; readonly to: Date },
    ownerIds: readonly string[] | null,
    tally: Tally,
  ): Promise<boolean> {
    const { manager } = this.database;
    const rules = new Map<string, readonly PolicyRule[]>();
    for (let after = null as { decidedAt: Date; id: string } | null; ;) {
      const page = await this.store.page(manager, { from, to, after }, ownerIds, PAGE);
      for (const record of page) {
        await this.one(record, draft, rules, tally);
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) {
        return true;
      }
      if (tally.replayed + tally.notReplayable >= MAX_REPLAYED) {
        return false;
      }
      after = { decidedAt: last.decidedAt, id: last.id };
      rules.clear();
      await breathe();
    }
  }

  private async one(
    record: RecordedDecision,
    draft: Draft,
    cache: Map<string, readonly PolicyRule[]>,
    tally: Tally,
  ): Promise<void> {
    const { key, policyVersion } = record;
    const name = JSON.stringify([policyVersion, key]);
    const rules = cache.get(name) ?? (await this.replay.rulesOf(record));
    cache.set(name, rules);
    const changedRules = key === null ? [] : underDraft(rules, draft, key);
    const after = this.replay.decide(record, await this.replay.knownOf(record), changedRules);
    if (!after) {
      tally.notReplayable += 1;
      return;
    }
    tally.replayed += 1;
    if (after.outcome !== record.outcome) {
      tally[after.outcome === 'allow' ? 'granted' : 'refused'] += 1;
      if (tally.changed.length < MAX_CHANGED) {
        tally.changed.push({ record, after });
      }
    }
  }

  private async views(changed: Tally['changed']): Promise<readonly ChangedAnswer[]> {
    const people = [...new Set(changed.map(({ record }) => record.personId))];
    const pseudonyms = await this.names.pseudonymsOf(this.database.manager, people);
    return changed.map(({ record, after }) => ({
      decisionId: record.id,
      decidedAt: record.decidedAt.toISOString(),
      pseudonym: pseudonyms.get(record.personId) ?? null,
      agreementId: record.key?.agreementId ?? '',
      datasetId: record.key?.datasetId ?? '',
      action: record.key?.action ?? '',
      before: { outcome: record.outcome, reason: record.reason },
      after: { outcome: after.outcome, reason: after.reason, explanation: after.explanation },
    }));
  }

  private async record(principal: Principal, dto: WhatIfDto, tally: Tally): Promise<void> {
    const organisationId = actingFor(principal, []);
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'policy.simulated', {
        ...actorFields(principal, organisationId),
        organisationIds: principal.memberships.map((held) => held.organisationId),
        agreementId: dto.agreementId,
        count: tally.granted + tally.refused,
        reasonCodes: (dto.guardrails ?? []).map(({ id }) => id),
      }),
    );
  }
}
