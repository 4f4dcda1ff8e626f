import type { AttributeInput, AttributeValue } from '../../src/policy/attributes.js';
import { isLeaf, type Condition, type Leaf } from '../../src/policy/condition.js';
import type { DecisionReason } from '../../src/policy/decision.js';
import type { PolicyRule, RuleKey } from '../../src/policy/policy.types.js';
import { addressOf, rangeOf, type Address } from './addresses.js';
import type { Question, World } from './cases.js';

// The policy again, as plainly as section 4 of its design says it: every rule is looked at for every request, and
// nothing of the engine is used.

export type Truth = 'yes' | 'no' | 'unknown';
type Holds = (actual: AttributeValue, expected: Leaf['value']) => boolean;
type Operator = Condition['op'];

export interface Answer {
  readonly outcome: 'allow' | 'deny';
  readonly reason: DecisionReason;
  /** In no order that matters. */
  readonly ruleIds: readonly string[];
}

/** What a comparison, or a group of answers, comes to. */
export interface Meaning {
  readonly comparisons: Readonly<Record<Leaf['op'], Holds>>;
  readonly groups: Readonly<Record<'all' | 'any' | 'not', (of: readonly Truth[]) => Truth>>;
  /** An attribute that is not there. */
  readonly missing: (leaf: Leaf) => Truth;
}

export const MEANING: Meaning = {
  comparisons: {
    eq: (actual, expected) => actual === expected,
    ne: (actual, expected) => actual !== expected,
    in: (actual, expected) => listOf(expected).indexOf(actual) >= 0,
    notIn: (actual, expected) => listOf(expected).indexOf(actual) < 0,
    contains: (actual, expected) => listOf(actual).indexOf(expected) >= 0,
    gte: (actual, expected) => actual >= expected,
    lte: (actual, expected) => actual <= expected,
    before: (actual, expected) => sortable(actual) < sortable(expected),
    after: (actual, expected) => sortable(actual) >= sortable(expected),
    within: (actual, expected) =>
      listOf(expected).some((range) => isWithin(addressOf(String(actual)), String(range))),
  },
  groups: {
    all: (of) => (of.includes('no') ? 'no' : of.includes('unknown') ? 'unknown' : 'yes'),
    any: (of) => (of.includes('yes') ? 'yes' : of.includes('unknown') ? 'unknown' : 'no'),
    not: ([of]) => (of === 'yes' ? 'no' : of === 'no' ? 'yes' : 'unknown'),
  },
  missing: () => 'unknown',
};

const listOf = (value: unknown): readonly unknown[] => value as readonly unknown[];

/** RFC 3339 UTC text with exactly three digits behind the point sorts as its instants do. */
export function sortable(instant: unknown): string {
  const [seconds = '', fraction = ''] = String(instant).replace('Z', '').split('.');
  return `${seconds}.${fraction.padEnd(3, '0')}Z`;
}

function isWithin(address: Address, text: string): boolean {
  const range = rangeOf(text);
  const host = BigInt(range.width - range.bits);
  return address.width === range.width && address.value >> host === range.value >> host;
}

/**
 * Decides a question from all rules of its world.
 * @param saw is told every operator's answer, so that a run knows what it has reached.
 */
export function answerPlainly(
  world: World,
  question: Question,
  meaning: Meaning = MEANING,
  saw: (op: Operator, truth: Truth) => void = () => undefined,
): Answer {
  const { key, ageMs } = question;
  // What the caller says of the time does not count.
  const attributes = { ...question.attributes, 'request.now': question.now.toISOString() };
  const deny = (reason: DecisionReason, ruleIds: readonly string[] = []): Answer => ({
    outcome: 'deny',
    reason,
    ruleIds,
  });
  if (ageMs < 0 || ageMs > 5_000) {
    return deny('policy_unavailable');
  }
  const allow = world.rules.find((rule) => isAllowFor(rule, key));
  const organisation = attributes['subject.organisationId'];
  if (!allow || !allow.recipients.some((recipient) => recipient === organisation)) {
    return deny('no_agreement');
  }
  const judge = (condition: Condition): Judged => judged(condition, attributes, meaning, saw);
  const narrowing = question.narrowing === null ? undefined : world.narrowings[question.narrowing];
  const wanted = [allow.condition, ...(narrowing ? [narrowing] : [])].map(judge);
  const firing = world.rules
    .filter((rule) => isDenyFor(rule, key))
    .map((rule) => ({ rule, verdict: judge(rule.condition) }))
    .filter(({ verdict }) => verdict.truth !== 'no');
  const isMet = wanted.every(({ truth }) => truth === 'yes');
  const ids = firing.map(({ rule }) => rule.id);
  if (isMet && firing.length === 0) {
    // A question about one dataset with another's attributes is a fault of the caller.
    return attributes['dataset.id'] === key.datasetId
      ? { outcome: 'allow', reason: 'allowed', ruleIds: [allow.id] }
      : deny('engine_error');
  }
  if (wanted.some(blamesCountry('yes')) || firing.map((f) => f.verdict).some(blamesCountry('no'))) {
    return deny('country_unknown', ids);
  }
  if (firing.length === 0) {
    return deny('condition_failed');
  }
  const isGuardrail = firing.some(({ rule }) => rule.datasetId === null);
  return deny(isGuardrail ? 'guardrail' : 'denied_by_rule', ids);
}

function isAllowFor(rule: PolicyRule, key: RuleKey): boolean {
  return (
    rule.effect === 'allow' &&
    rule.agreementId === key.agreementId &&
    rule.agreementVersion === key.agreementVersion &&
    rule.datasetId === key.datasetId &&
    rule.action === key.action
  );
}

function isDenyFor(rule: PolicyRule, { action, datasetId }: RuleKey): boolean {
  const isFor = rule.datasetId === null || rule.datasetId === datasetId;
  return rule.effect === 'deny' && rule.action === action && isFor;
}

/** A condition with the answer of each of its parts. */
interface Judged {
  readonly op: Operator;
  readonly truth: Truth;
  readonly of: readonly Judged[];
  readonly asksUnknownCountry: boolean;
}

function judged(
  condition: Condition,
  attributes: AttributeInput,
  meaning: Meaning,
  saw: (op: Operator, truth: Truth) => void,
): Judged {
  const { op } = condition;
  if (isLeaf(condition)) {
    const { path, value } = condition;
    const actual = attributes[path] ?? null;
    const truth =
      actual === null
        ? meaning.missing(condition)
        : meaning.comparisons[condition.op](actual, value)
          ? 'yes'
          : 'no';
    saw(op, truth);
    const asksUnknownCountry = path === 'request.country' && actual === null;
    return { op, truth, of: [], asksUnknownCountry };
  }
  const children = condition.op === 'not' ? [condition.of] : condition.of;
  const of = children.map((child) => judged(child, attributes, meaning, saw));
  const truth = meaning.groups[condition.op](of.map((child) => child.truth));
  saw(op, truth);
  return { op, truth, of, asksUnknownCountry: false };
}

/** Whether a part that is not as wanted asks for the unknown country, all parts around it being not as wanted too. */
function blamesCountry(wanted: 'yes' | 'no'): (part: Judged) => boolean {
  return ({ op, truth, of, asksUnknownCountry }) => {
    const below = op === 'not' ? (wanted === 'yes' ? 'no' : 'yes') : wanted;
    return truth !== wanted && (asksUnknownCountry || of.some(blamesCountry(below)));
  };
}
