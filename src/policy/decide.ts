import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, type Json } from '../kernel/canonical-json.js';
import type { Attributes } from './attributes.js';
import { blame, compileCondition, type FailedLeaf } from './compile-condition.js';
import { isLeaf, type Condition } from './condition.js';
import type { DataEngine } from './data-engine.js';
import type { Decision, DecisionReason, FailedClause } from './decision.js';
import { allowKey, compileRule, denyKey, type CompiledRule, type RuleKey, type Snapshot } from './snapshot.js';

const HASH_DOMAIN = Buffer.from('concordat/attributes/v1\0');

export interface DataQuestion {
  readonly key: RuleKey;
  readonly attributes: Attributes;
  /** Conditions of the owner's decision: joined with `all` to the allow rule, so they only narrow. */
  readonly narrowing?: Condition | null;
  readonly decisionId: string;
  readonly now: Date;
}

interface Finding {
  readonly reason: DecisionReason;
  readonly ruleIds: readonly string[];
  readonly failed: readonly FailedClause[];
}

/**
 * Decides one request against one snapshot. Never throws for a reason of policy: everything missing is a deny.
 * @see policy section 4
 */
export function decide(engine: DataEngine, snapshot: Snapshot, question: DataQuestion): Decision {
  const allow = applicableAllow(snapshot, question);
  const denies = candidatesDenying(snapshot, question);
  const finding = allow ? judge(engine, allow, denies, question) : noAgreement(question);
  return record(snapshot, question, finding, allow ? [allow, ...denies] : []);
}

function applicableAllow(snapshot: Snapshot, question: DataQuestion): CompiledRule | undefined {
  const rule = snapshot.allows.get(allowKey(question.key));
  const organisationId = question.attributes['subject.organisationId'];
  if (!rule || typeof organisationId !== 'string' || !rule.recipients.includes(organisationId)) {
    return undefined;
  }
  return question.narrowing
    ? compileRule({ ...rule, condition: { op: 'all', of: [rule.condition, question.narrowing] } })
    : rule;
}

function candidatesDenying(snapshot: Snapshot, { key }: DataQuestion): readonly CompiledRule[] {
  return [
    ...(snapshot.denies.get(denyKey(key.datasetId, key.action)) ?? []),
    ...(snapshot.denies.get(denyKey('*', key.action)) ?? []),
  ];
}

function judge(
  engine: DataEngine,
  allow: CompiledRule,
  denies: readonly CompiledRule[],
  question: DataQuestion,
): Finding {
  const { attributes, key } = question;
  const walked = walk(allow, denies, attributes);
  let engineAllows: boolean;
  try {
    engineAllows = engine.allows([allow, ...denies], attributes, key.action);
  } catch {
    return { reason: 'engine_error', ruleIds: [], failed: [] };
  }
  return engineAllows === (walked.reason === 'allowed')
    ? walked
    : { reason: 'engine_error', ruleIds: [], failed: [] };
}

// The tree walk: an independent evaluation of every candidate, for the explanation and as a check on the engine.
function walk(
  allow: CompiledRule,
  denies: readonly CompiledRule[],
  attributes: Attributes,
): Finding {
  const firing = denies.filter((rule) => compileCondition(rule.condition)(attributes) !== false);
  if (firing.length > 0) {
    const isGuardrail = firing.some((rule) => rule.guardrailId !== null && rule.datasetId === null);
    const failed = firing.flatMap((rule) => clausesOf(rule, blame(rule.condition, attributes, false)));
    const reason = isGuardrail ? 'guardrail' : 'denied_by_rule';
    return { reason, ruleIds: firing.map(({ id }) => id), failed };
  }
  if (compileCondition(allow.condition)(attributes) === true) {
    return { reason: 'allowed', ruleIds: [allow.id], failed: [] };
  }
  const failed = clausesOf(allow, blame(allow.condition, attributes, true));
  const asksCountry = failed.some(
    ({ path, actual }) => path === 'request.country' && actual === null,
  );
  return { reason: asksCountry ? 'country_unknown' : 'condition_failed', ruleIds: [], failed };
}

function clausesOf(rule: CompiledRule, leaves: readonly FailedLeaf[]): readonly FailedClause[] {
  return leaves.map((leaf) => ({
    ...leaf,
    ruleId: rule.id,
    agreement: rule.reference,
    guardrail: rule.guardrailId,
  }));
}

function noAgreement({ attributes }: DataQuestion): Finding {
  return {
    reason: 'no_agreement',
    ruleIds: [],
    failed: [
      {
        ruleId: null,
        agreement: null,
        guardrail: null,
        clause: null,
        path: 'subject.organisationId',
        op: 'in',
        expected: 'a recipient of the agreement version',
        actual: attributes['subject.organisationId'] ?? null,
      },
    ],
  };
}

function record(
  snapshot: Snapshot,
  question: DataQuestion,
  { reason, ruleIds, failed }: Finding,
  candidates: readonly CompiledRule[],
): Decision {
  const salt = randomBytes(32);
  const text = canonicalJson({ ...question.attributes } as Json);
  return {
    decisionId: question.decisionId,
    outcome: reason === 'allowed' ? 'allow' : 'deny',
    reason,
    policyVersion: snapshot.version,
    attributesSalt: salt,
    attributesText: text,
    attributesHash: createHash('sha256').update(HASH_DOMAIN).update(salt).update(text).digest(),
    ruleIds,
    failed,
    explanation: explain(reason, failed, candidates),
    decidedAt: question.now,
    notAfter: reason === 'allowed' ? notAfter(candidates) : null,
  };
}

function explain(
  reason: DecisionReason,
  failed: readonly FailedClause[],
  candidates: readonly CompiledRule[],
): string {
  switch (reason) {
    case 'allowed':
      return `Allowed under ${candidates[0]?.reference ?? 'the agreement'}.`;
    case 'no_agreement':
      return 'Refused: no agreement in force covers subject.organisationId for this dataset and action.';
    case 'policy_unavailable':
    case 'engine_error':
      return 'Refused: policy could not decide.';
    case 'condition_failed':
    case 'country_unknown':
    case 'denied_by_rule':
    case 'guardrail':
      return failed.map((clause) => sentence(clause, candidates)).join(' ');
  }
}

function sentence(clause: FailedClause, candidates: readonly CompiledRule[]): string {
  const found = `Found: ${clause.actual === null ? 'nothing' : wordsOf(clause.actual)}.`;
  if (clause.guardrail !== null) {
    const message = candidates.find(({ id }) => id === clause.ruleId)?.message ?? '';
    return `Refused: guardrail ${clause.guardrail} on ${clause.path}. ${message}. ${found}`;
  }
  const term = clause.clause === null || clause.clause === '' ? 'its terms' : clause.clause.slice(1);
  return `Refused: ${clause.agreement ?? 'the agreement'}, ${term}, requires ${clause.path} ${clause.op} ${wordsOf(clause.expected)}. ${found}`;
}

function wordsOf(value: FailedClause['expected']): string {
  return Array.isArray(value) ? (value.length === 0 ? 'none' : value.join(', ')) : String(value);
}

// Only a bound that surely applies: a `before` on request.now that is the rule itself or a member of its `all`s.
function notAfter(candidates: readonly CompiledRule[]): Date | null {
  const bounds = candidates
    .filter(({ effect }) => effect === 'allow')
    .flatMap(({ condition }) => upperBounds(condition));
  return bounds.length === 0 ? null : new Date(Math.min(...bounds));
}

function upperBounds(condition: Condition): readonly number[] {
  if (isLeaf(condition)) {
    return condition.op === 'before' && condition.path === 'request.now'
      ? [Date.parse(condition.value)]
      : [];
  }
  return condition.op === 'all' ? condition.of.flatMap(upperBounds) : [];
}
