import type { Attributes } from '../../policy/attributes.js';
import { isLeaf, type Condition, type Leaf } from '../../policy/condition.js';
import type { Decision } from '../../policy/decision.js';
import { evaluateCondition } from '../../policy/engine/evaluate-condition.js';
import { requirement } from '../../policy/engine/explanation.js';
import type { PolicyRule } from '../../policy/policy.types.js';

/** What a decision was made from. */
export interface Grounds {
  readonly rules: readonly PolicyRule[];
  readonly narrowing: Condition | null;
  readonly attributes: Attributes;
}

/**
 * What would have to be otherwise, a sentence for each: all of them. Of alternatives, one sentence names them all. A deny
 * rule speaks by its message: what it compares with is nobody's who does not own it.
 */
export function needsOf(decision: Decision, grounds: Grounds): readonly string[] {
  const { outcome, reason, ruleIds } = decision;
  if (outcome === 'allow') {
    return [];
  }
  if (reason === 'no_agreement') {
    return [
      'An agreement in force that names subject.organisationId as a recipient of this dataset.',
    ];
  }
  const { rules, narrowing, attributes } = grounds;
  const firing = rules.filter(({ id, effect }) => effect === 'deny' && ruleIds.includes(id));
  const allow = rules.find(({ effect }) => effect === 'allow');
  return [
    ...firing.map((rule) => denied(rule, decision)),
    ...(allow ? missing(allow.condition, attributes, allow.reference ?? 'The agreement') : []),
    ...(narrowing ? missing(narrowing, attributes, 'The owner’s decision') : []),
  ];
}

function denied({ id, datasetId, guardrailId, message }: PolicyRule, decision: Decision): string {
  const paths = decision.failed.filter(({ ruleId }) => ruleId === id).map(({ path }) => path);
  const name = guardrailId ?? '';
  const whose = datasetId === null ? `Guardrail ${name}` : `Rule ${name} of the dataset’s owner`;
  const looked = [...new Set(paths)].join(', ');
  return `${whose}, on ${looked}: ${message ?? 'Not allowed'}.`;
}

// Each part of an `all` is a need of its own.
function missing(condition: Condition, attributes: Attributes, where: string): readonly string[] {
  if (condition.op === 'all') {
    return condition.of.flatMap((child) => missing(child, attributes, where));
  }
  const words = lacking(condition, attributes, true);
  return words === undefined ? [] : [`${where}${words}.`];
}

function lacking(
  condition: Condition,
  attributes: Attributes,
  wanted: boolean,
): string | undefined {
  if (evaluateCondition(condition, attributes) === wanted) {
    return undefined;
  }
  if (isLeaf(condition)) {
    return leafWords(condition, wanted);
  }
  if (condition.op === 'not') {
    return lacking(condition.of, attributes, !wanted);
  }
  const parts = condition.of.flatMap((child) => lacking(child, attributes, wanted) ?? []);
  const isChoice = (condition.op === 'any') === wanted;
  return parts.length > 1 && isChoice ? ` either${parts.join(', or')}` : parts.join(', and');
}

function leafWords({ path, op, value: expected, clause }: Leaf, wanted: boolean): string {
  const pointer = clause === undefined ? '' : ` (${clause})`;
  return `${pointer} ${requirement({ path, op, wanted, expected, clause: clause ?? null })}`;
}
