import type { Condition } from '../../policy/condition.js';
import type { RuleSet } from '../../policy/analysis/findings.js';
import type { PolicyRule } from '../../policy/policy.types.js';

/** The rules of one key as the analysis takes them: being a recipient is a condition like any other. */
export function ruleSetOf(rules: readonly PolicyRule[]): RuleSet {
  const allow = rules.find(({ effect }) => effect === 'allow');
  const denies = rules.filter(({ effect }) => effect === 'deny').map(({ condition }) => condition);
  return { allow: allow === undefined ? null : forRecipients(allow), denies };
}

function forRecipients({ condition, recipients }: PolicyRule): Condition {
  const isRecipient: Condition = { op: 'in', path: 'subject.organisationId', value: recipients };
  return { op: 'all', of: [isRecipient, condition] };
}
