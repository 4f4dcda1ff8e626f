import { compileCondition, conditionHash, type Test } from './compile-condition.js';
import type { Action } from './attributes.js';
import type { Condition } from './condition.js';

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
export interface CompiledRule extends PolicyRule {
  readonly hash: string;
  readonly test: Test;
}

export interface RuleKey {
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly datasetId: string;
  readonly action: Action;
}

/** All rules in force at one version: frozen, replaced by reference, never edited. */
export interface Snapshot {
  readonly version: number;
  readonly allows: ReadonlyMap<string, CompiledRule>;
  /** Deny rules by dataset and action; `*` holds the guardrails for every dataset. */
  readonly denies: ReadonlyMap<string, readonly CompiledRule[]>;
}

export function allowKey(key: RuleKey): string {
  return `${key.agreementId} ${String(key.agreementVersion)} ${key.datasetId} ${key.action}`;
}

export function denyKey(datasetId: string, action: Action): string {
  return `${datasetId} ${action}`;
}

export function compileRule(rule: PolicyRule): CompiledRule {
  const hash = conditionHash(rule.condition);
  return Object.freeze({ ...rule, hash, test: compileCondition(rule.condition) });
}

/** @throws Error for two allow rules of one key: the index would silently prefer one. */
export function buildSnapshot(version: number, rules: readonly PolicyRule[]): Snapshot {
  const allows = new Map<string, CompiledRule>();
  const denies = new Map<string, CompiledRule[]>();
  for (const rule of rules.map(compileRule)) {
    if (rule.effect === 'deny') {
      const key = denyKey(rule.datasetId ?? '*', rule.action);
      denies.set(key, [...(denies.get(key) ?? []), rule]);
      continue;
    }
    const key = allowKey(ruleKey(rule));
    if (allows.has(key)) {
      throw new Error('Two allow rules for one agreement version, dataset and action');
    }
    allows.set(key, rule);
  }
  return Object.freeze({ version, allows, denies });
}

function ruleKey({ agreementId, agreementVersion, datasetId, action }: PolicyRule): RuleKey {
  if (agreementId === null || agreementVersion === null || datasetId === null) {
    throw new Error('An allow rule belongs to an agreement version and a dataset');
  }
  return { agreementId, agreementVersion, datasetId, action };
}
