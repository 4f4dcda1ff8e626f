import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { gained, type Flip } from '../../policy/analysis/findings.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { PolicyService } from '../../policy/policy.service.js';
import { ruleSetOf } from './rule-set.rules.js';
import { RulesOfVersions, type AllowKey } from '../rules-of-versions.repository.js';

const MAX_KEYS = 1_000;
const FLIPS_OF_KEY = 8;

/** One region in which the answer changed, with a request of it that was decided both ways. */
export interface DiffEntry extends Flip, AllowKey {
  readonly agreement: string | null;
}

export interface PolicyDiffView {
  readonly from: number;
  readonly to: number;
  /** False when more rules changed than are compared. */
  readonly isComplete: boolean;
  readonly gained: readonly DiffEntry[];
  readonly lost: readonly DiffEntry[];
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What one policy version allows that another did not, and the other way round (policy section 5). */
@Injectable()
export class PolicyDiff {
  private readonly log = new Logger(PolicyDiff.name);

  constructor(
    private readonly database: Database,
    private readonly rules: RulesOfVersions,
    private readonly authorisation: Authorisation,
    private readonly policy: PolicyService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The operator's administrators and officers compare everything; others what concerns the datasets of their
   * organisations, for a difference tells of the deny rules that stand before them.
   * @throws ConcordatError `not_found` for a version that there was not, `condition_unanalysable`
   */
  async between(principal: Principal, range: Range): Promise<PolicyDiffView> {
    const { manager } = this.database;
    for (const version of [range.from, range.to]) {
      if (version > 0 && !(await this.rules.exists(manager, version))) {
        throw new ConcordatError('not_found');
      }
    }
    const ownerIds = this.ownersFor(principal);
    const found = await this.rules.changedBetween(manager, range, ownerIds, MAX_KEYS + 1);
    const entries = { gained: [] as DiffEntry[], lost: [] as DiffEntry[] };
    for (const key of found.slice(0, MAX_KEYS)) {
      // Each takes its time on the processor; what else the node has to do comes in between.
      await breathe();
      const before = await this.rules.at(manager, range.from, key);
      const after = await this.rules.at(manager, range.to, key);
      entries.gained.push(...this.flips(key, { before, after }, range));
      entries.lost.push(...this.flips(key, { before: after, after: before }, swap(range)));
    }
    return { ...range, isComplete: found.length <= MAX_KEYS, ...entries };
  }

  private ownersFor(principal: Principal): readonly string[] | null {
    const may = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'policy:diff', { organisationIds });
    const own = principal.memberships.map(({ organisationId }) => organisationId);
    return may([]) ? null : own.filter((id) => may([id]));
  }

  // A witness is believed when the engine itself decides it both ways.
  private flips(
    key: AllowKey,
    { before, after }: { before: readonly PolicyRule[]; after: readonly PolicyRule[] },
    { from, to }: Range,
  ): readonly DiffEntry[] {
    const agreement = [...after, ...before].find(({ reference }) => reference)?.reference ?? null;
    return gained(ruleSetOf(before), ruleSetOf(after), FLIPS_OF_KEY).flatMap((flip) => {
      const isFlip =
        this.outcome(from, before, key, flip) === 'deny' &&
        this.outcome(to, after, key, flip) === 'allow';
      if (!isFlip) {
        this.log.error({ msg: 'A witness does not flip', code: 'policy_witness_mismatch', ...key });
      }
      return isFlip ? [{ ...key, agreement, ...flip }] : [];
    });
  }

  private outcome(
    version: number,
    rules: readonly PolicyRule[],
    { agreementId, datasetId, action }: AllowKey,
    { witness }: Flip,
  ): 'allow' | 'deny' {
    const allow = rules.find(({ effect }) => effect === 'allow');
    if (!allow) {
      return 'deny';
    }
    const at = witness['request.now'];
    const { agreementVersion } = allow;
    return this.policy.decideUnder(version, rules, {
      key: {
        agreementId,
        agreementVersion: agreementVersion ?? 0,
        datasetId,
        action: action as PolicyRule['action'],
      },
      attributes: { ...witness, 'dataset.id': datasetId },
      now: typeof at === 'string' ? new Date(at) : this.clock.now(),
    }).outcome;
  }
}

function swap({ from, to }: Range): Range {
  return { from: to, to: from };
}
