import { createHash } from 'node:crypto';
import type { Action } from '../attributes.js';
import type { Condition } from '../condition.js';
import { compileOnce, conditionHash, type Compiled } from './compile-condition.js';

/** A row of `policy_rule`, as read: an allow rule of one agreement version, a dataset's deny rule, or a guardrail. */
export interface PolicyRule {
  readonly id: string;
  readonly guardrailId: string | null;
  readonly datasetId: string | null;
  readonly action: Action;
  readonly recipients: readonly string[];
  readonly effect: 'allow' | 'deny';
  readonly condition: Condition;
  readonly agreementId: string | null;
  readonly agreementVersion: number | null;
  readonly reference: string | null;
  readonly message: string | null;
}

/** A rule with its condition compiled once per hash. */
export interface CompiledRule extends PolicyRule, Compiled {
  readonly hash: string;
}

export interface RuleKey {
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly datasetId: string;
  readonly action: Action;
}

/** What a publication, or several, changed: rules opened and closed between two versions. */
export interface PolicyChange {
  readonly from: number;
  readonly to: number;
  readonly opened: readonly PolicyRule[];
  readonly closed: readonly Omit<PolicyRule, 'condition'>[];
}

interface Shard {
  /** The one allow rule of each agreement version, dataset and action. */
  readonly allows: ReadonlyMap<string, CompiledRule>;
  /** The deny rules of each dataset and action. */
  readonly denies: ReadonlyMap<string, readonly CompiledRule[]>;
}

/** All rules in force at one version: frozen, replaced by reference, never edited. */
export interface Snapshot {
  readonly version: number;
  /** When the head was last seen to be this version, in Unix milliseconds. */
  readonly confirmedAt: number;
  /** By the first byte of the dataset's hash: a change copies only the shards it touches. */
  readonly buckets: readonly Shard[];
  /** Deny rules for every dataset, by action. */
  readonly guardrails: ReadonlyMap<string, readonly CompiledRule[]>;
}

const SHARDS = 256;
const EMPTY_SHARD: Shard = Object.freeze({ allows: new Map(), denies: new Map() });

/** Before the first load: version 0, which has no rule and so denies everything. */
export const EMPTY_SNAPSHOT: Snapshot = Object.freeze({
  version: 0,
  confirmedAt: -Infinity,
  buckets: Object.freeze(Array.from({ length: SHARDS }, () => EMPTY_SHARD)),
  guardrails: new Map(),
});

/** The candidates of one request: its agreement version's one allow rule, and every deny rule that could apply. */
export function candidatesOf(
  snapshot: Snapshot,
  key: RuleKey,
): { readonly allow: CompiledRule | undefined; readonly denies: readonly CompiledRule[] } {
  const shard = snapshot.buckets[shardOf(key.datasetId)] ?? EMPTY_SHARD;
  return {
    allow: shard.allows.get(allowKey(key)),
    denies: denyRulesOf(snapshot, key.datasetId, key.action),
  };
}

/** The deny rules of a dataset and an action: its own, and the guardrails. */
export function denyRulesOf(
  { buckets, guardrails }: Snapshot,
  datasetId: string,
  action: Action,
): readonly CompiledRule[] {
  return [
    ...(buckets[shardOf(datasetId)]?.denies.get(denyKey(datasetId, action)) ?? []),
    ...(guardrails.get(action) ?? []),
  ];
}

export function compileRule(rule: PolicyRule): CompiledRule {
  const hash = conditionHash(rule.condition);
  return Object.freeze({ ...rule, hash, ...compileOnce(hash, rule.condition) });
}

/** A snapshot of all of a version's rules at once. */
export function snapshotOf(
  version: number,
  rules: readonly PolicyRule[],
  confirmedAt: number,
): Snapshot {
  const change = { from: 0, to: version, opened: rules, closed: [] };
  return confirm(applyChange(EMPTY_SNAPSHOT, change), confirmedAt);
}

/** The same rules, seen to be the head's at `confirmedAt` (Unix milliseconds). */
export function confirm(snapshot: Snapshot, confirmedAt: number): Snapshot {
  return Object.freeze({ ...snapshot, confirmedAt });
}

/**
 * The next snapshot, sharing every untouched shard with the last.
 * @throws Error for a change from another version, or two allow rules of one key: the index would prefer one silently.
 */
export function applyChange(last: Snapshot, change: PolicyChange): Snapshot {
  if (change.from !== last.version || change.to < change.from) {
    throw new Error('A change of another version');
  }
  const shards = new Map<number, { allows: Map<string, CompiledRule>; denies: RuleLists }>();
  const guardrails: RuleLists = new Map(last.guardrails);
  const shardFor = (
    datasetId: string,
  ): { allows: Map<string, CompiledRule>; denies: RuleLists } => {
    const at = shardOf(datasetId);
    const old = last.buckets[at] ?? EMPTY_SHARD;
    const copy = shards.get(at) ?? { allows: new Map(old.allows), denies: new Map(old.denies) };
    shards.set(at, copy);
    return copy;
  };
  for (const rule of change.closed) {
    if (rule.effect === 'allow') {
      const key = ruleKey(rule);
      shardFor(key.datasetId).allows.delete(allowKey(key));
    } else if (rule.datasetId === null) {
      removeFrom(guardrails, rule.action, rule.id);
    } else {
      removeFrom(shardFor(rule.datasetId).denies, denyKey(rule.datasetId, rule.action), rule.id);
    }
  }
  for (const rule of change.opened.map(compileRule)) {
    if (rule.effect === 'allow') {
      addAllow(shardFor(ruleKey(rule).datasetId).allows, rule);
    } else if (rule.datasetId === null) {
      addTo(guardrails, rule.action, rule);
    } else {
      addTo(shardFor(rule.datasetId).denies, denyKey(rule.datasetId, rule.action), rule);
    }
  }
  const buckets = last.buckets.map((shard, at) => Object.freeze(shards.get(at) ?? shard));
  const { to: version } = change;
  return Object.freeze({ ...last, version, buckets: Object.freeze(buckets), guardrails });
}

type RuleLists = Map<string, readonly CompiledRule[]>;

function addAllow(allows: Map<string, CompiledRule>, rule: CompiledRule): void {
  const key = allowKey(ruleKey(rule));
  if (allows.has(key)) {
    throw new Error('Two allow rules for one agreement version, dataset and action');
  }
  allows.set(key, rule);
}

function addTo(lists: RuleLists, key: string, rule: CompiledRule): void {
  lists.set(key, Object.freeze([...(lists.get(key) ?? []), rule]));
}

function removeFrom(lists: RuleLists, key: string, id: string): void {
  lists.set(key, Object.freeze((lists.get(key) ?? []).filter((rule) => rule.id !== id)));
}

function allowKey({ agreementId, agreementVersion, datasetId, action }: RuleKey): string {
  return `${agreementId} ${String(agreementVersion)} ${datasetId} ${action}`;
}

function denyKey(datasetId: string, action: Action): string {
  return `${datasetId} ${action}`;
}

function shardOf(datasetId: string): number {
  return createHash('sha256').update(datasetId).digest().readUInt8(0);
}

function ruleKey(rule: Omit<PolicyRule, 'condition'>): RuleKey {
  const { agreementId, agreementVersion, datasetId, action } = rule;
  if (agreementId === null || agreementVersion === null || datasetId === null) {
    throw new Error('An allow rule belongs to an agreement version and a dataset');
  }
  return { agreementId, agreementVersion, datasetId, action };
}
