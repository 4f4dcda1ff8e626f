import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { canonicalJson } from '../kernel/canonical-json.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import type { Tx } from '../platform/database/database.js';
import type { AttributeInput } from './attributes.js';
import type { Condition } from './condition.js';
import type { Decision } from './decision.js';
import { DataEngine } from './engine/data-engine.js';
import { decide, isFresh } from './engine/decide.js';
import {
  candidatesOf,
  EMPTY_SNAPSHOT,
  snapshotOf,
  type PolicyRule,
  type RuleKey,
} from './engine/snapshot.js';
import { PolicyPublisher, type AgreementPublication } from './policy-publisher.js';
import {
  PoliciesFolder,
  readGuardrails,
  readModel,
  type GuardrailRow,
} from './storage/policy-files.js';
import { PolicyHolder } from './storage/policy-holder.js';

export type { AgreementPublication } from './policy-publisher.js';

/** May this be done now, with what is known of the request? */
export interface PolicyQuestion {
  readonly key: RuleKey;
  readonly attributes: AttributeInput;
  /** The parsed conditions of the owner's decision, if it has any. */
  readonly narrowing?: Condition | null;
}

/** The same of another time. */
export interface PastQuestion extends PolicyQuestion {
  readonly now: Date;
  /** Of a decision that is replayed. */
  readonly decisionId?: string;
  readonly salt?: Buffer;
}

const MAX_TRIES = 3;

/** Data access decisions: Casbin decides, over the snapshot; the database is not read while deciding. */
@Injectable()
export class PolicyService implements OnApplicationBootstrap {
  private readonly log = new Logger(PolicyService.name);
  private engine: DataEngine | undefined;

  constructor(
    private readonly holder: PolicyHolder,
    private readonly publisher: PolicyPublisher,
    @Inject(PoliciesFolder) private readonly folder: URL,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Parses the policy texts; the first boot publishes version 1 from `guardrails.csv`. */
  async onApplicationBootstrap(): Promise<void> {
    this.engine = await DataEngine.load(readModel(this.folder));
    const guardrails = readGuardrails(this.folder);
    await this.publisher.publishFirst(guardrails);
    await this.holder.start();
    this.warnOfDrift(guardrails);
  }

  /** The version that would decide now; 0 before the first load. */
  currentVersion(): number {
    return this.holder.current().version;
  }

  /** Reads the head now instead of at the next poll. Not inside a transaction: there, `ensureVersion`. */
  async catchUp(): Promise<void> {
    await this.holder.refresh();
  }

  /**
   * Decides on the node's snapshot, synchronously. Never throws: without a fresh snapshot the decision is a deny with
   * reason `policy_unavailable`. Record it, then throw `policyRefusal(decision)`.
   */
  decide(question: PolicyQuestion): Decision {
    const decisionId = this.ids.next();
    const now = this.clock.now();
    const decision = decide(this.engine, this.holder.current(), { ...question, decisionId, now });
    if (decision.reason === 'engine_error') {
      this.log.error({
        msg: 'Casbin and the tree walk differ',
        code: 'policy_explain_mismatch',
        decisionId,
      });
    }
    return decision;
  }

  /** The rules that would decide on a key now: its allow rule if there is one, and what can deny it. */
  rulesFor(key: RuleKey): readonly PolicyRule[] {
    const { allow, denies } = candidatesOf(this.holder.current(), key);
    return allow ? [allow, ...denies] : denies;
  }

  /** @throws ConcordatError `policy_unavailable` (503) on a node whose rules may be old. */
  requireFresh(): void {
    if (!isFresh(this.holder.current(), this.clock.now())) {
      throw new ConcordatError('policy_unavailable');
    }
  }

  /**
   * Decides as if these were all rules there are, at their version: for what was, and for what would be. Records nothing.
   */
  decideUnder(version: number, rules: readonly PolicyRule[], question: PastQuestion): Decision {
    const snapshot = snapshotOf(version, rules, question.now.getTime());
    return decide(this.engine, snapshot, { decisionId: this.ids.next(), ...question });
  }

  /**
   * Loads the change when `tx`, which holds the policy lock (shared), saw another head than the node has.
   * @returns true when the snapshot now is of that version.
   */
  async ensureVersion(tx: Tx, version: number): Promise<boolean> {
    await this.holder.follow(tx, version);
    return this.currentVersion() === version;
  }

  /**
   * Decides at exactly the head that an issuing transaction read under the policy lock, in at most three tries; then
   * denies with `policy_unavailable`.
   */
  async decideAt(tx: Tx, version: number, question: PolicyQuestion): Promise<Decision> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      if (await this.ensureVersion(tx, version)) {
        return this.decide(question);
      }
    }
    const decisionId = this.ids.next();
    return decide(undefined, EMPTY_SNAPSHOT, { ...question, decisionId, now: this.clock.now() });
  }

  /**
   * Publishes an activated agreement version, or its new recipients, inside the activating transaction and as its last
   * act: the policy lock comes last in the lock order and is held to COMMIT, so no grant commits under a withdrawn rule.
   * @returns the new policy version.
   */
  publishAgreement(tx: Tx, publication: AgreementPublication): Promise<number> {
    return this.publisher.publishAgreement(tx, publication);
  }

  // The database rules; a file that says something else is a change somebody has yet to propose.
  private warnOfDrift(guardrails: readonly GuardrailRow[]): void {
    const wanted = guardrails.flatMap(({ id, actions, condition, message }) =>
      actions.map((action) => fingerprint(id, action, condition, message)),
    );
    const open = [...this.holder.current().guardrails.values()]
      .flat()
      .map((rule) => fingerprint(rule.guardrailId, rule.action, rule.condition, rule.message));
    if (wanted.sort().join('\n') !== open.sort().join('\n')) {
      this.log.warn({ msg: 'guardrails.csv differs from the database', code: 'guardrails_drift' });
    }
  }
}

function fingerprint(
  id: string | null,
  action: string,
  condition: Condition,
  message: string | null,
): string {
  return canonicalJson([id, action, condition, message]);
}
