import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actingFor, actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { RateLimits } from '../../platform/rate-limits/rate-limits.js';
import type { Decision } from '../../policy/decision.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { PeopleNames } from '../people-names.repository.js';
import {
  DecisionStore,
  type RecordedDecision,
  type Scope,
} from '../replay/decision-store.repository.js';
import { Replay } from '../replay/replay.service.js';
import { scopeOf, underDraft, type Draft } from './draft.rules.js';
import { Drafts } from './drafts.service.js';
import type { WhatIfDto } from './what-if.dto.js';

const MAX_DAYS = 30;
const DAY_MS = 86_400_000;
const PAGE = 500;
/** Where an answer stops, at the end of a page: it says from when to ask again. */
const MAX_REPLAYED = 50_000;
const MAX_CHANGED = 1_000;
const PER_MINUTE = 10;
const AT_ONCE = 2;

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
    /** What stood in the way. What was found of the person is not here: a draft must not read it out. */
    readonly failed: readonly {
      readonly path: string;
      readonly clause: string | null;
      readonly guardrail: string | null;
    }[];
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
  /** False when it stopped after 50,000 decisions or 1,000 changed answers. */
  readonly isComplete: boolean;
  /** Then: the `from` of the next part, which begins in the millisecond in which this one ends. */
  readonly nextFrom: string | null;
  /** All of `granted` and `refused`, oldest first. */
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
  private running = 0;

  // eslint-disable-next-line max-params -- what is replayed, under what, for whom, and the trail
  constructor(
    private readonly database: Database,
    private readonly store: DecisionStore,
    private readonly replay: Replay,
    private readonly drafts: Drafts,
    private readonly names: PeopleNames,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly rates: RateLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The operator's administrators and officers see every decision; others those on the datasets of their organisations.
   * @throws ConcordatError `input_invalid` for over 30 days; what `Drafts.read` throws; `rate_limited` (429)
   */
  async simulate(principal: Principal, dto: WhatIfDto): Promise<WhatIfView> {
    if (
      this.running >= AT_ONCE ||
      !(await this.rates.take('what_if', principal.personId, PER_MINUTE))
    ) {
      throw new ConcordatError('rate_limited');
    }
    this.running += 1;
    try {
      return await this.answer(principal, dto);
    } finally {
      this.running -= 1;
    }
  }

  private async answer(principal: Principal, dto: WhatIfDto): Promise<WhatIfView> {
    const window = this.windowOf(dto);
    const draft = await this.drafts.read(principal, dto);
    const scope = { ...scopeOf(draft), ownerIds: this.ownersFor(principal) };
    const tally: Tally = { replayed: 0, notReplayable: 0, granted: 0, refused: 0, changed: [] };
    const nextFrom = await this.run(draft, window, scope, tally);
    await this.record(principal, dto, tally);
    const { changed, ...counts } = tally;
    return {
      from: window.from.toISOString(),
      to: window.to.toISOString(),
      ...counts,
      isComplete: nextFrom === null,
      nextFrom: nextFrom?.toISOString() ?? null,
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

  private ownersFor(principal: Principal): readonly string[] | null {
    const may = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'policy:what_if', { organisationIds });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    return may([]) ? null : own.filter((id) => may([id]));
  }

  /** A page in memory at a time. @returns where it stopped; null at the end. */
  private async run(
    draft: Draft,
    { from, to }: { readonly from: Date; readonly to: Date },
    scope: Scope,
    tally: Tally,
  ): Promise<Date | null> {
    const { manager } = this.database;
    const rules = new Map<string, readonly PolicyRule[]>();
    for (let after = null as { decidedAt: Date; id: string } | null; ;) {
      const page = await this.store.page(manager, { from, to, after }, scope, PAGE);
      for (const record of page) {
        await this.one(record, draft, rules, tally);
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) {
        return null;
      }
      const replayed = tally.replayed + tally.notReplayable;
      if (replayed >= MAX_REPLAYED || tally.changed.length >= MAX_CHANGED) {
        return last.decidedAt;
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
      tally.changed.push({ record, after });
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
      after: {
        outcome: after.outcome,
        reason: after.reason,
        failed: after.failed.map(({ path, clause, guardrail }) => ({ path, clause, guardrail })),
      },
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
