import { isLeaf, type Condition } from '../condition.js';
import { compileRule, type CompiledRule } from './snapshot.js';

/**
 * Joins the conditions of the owner's decision to an allow rule with `all`: they can only narrow it. Their clauses point
 * into the decision, under `/decision`, whatever the owner wrote there: a narrowing never speaks for the agreement.
 */
export function narrow(rule: CompiledRule, conditions: Condition | null | undefined): CompiledRule {
  if (!conditions) {
    return rule;
  }
  const condition: Condition = {
    op: 'all',
    of: [rule.condition, withClauses(conditions, '/decision/conditions')],
  };
  return compileRule({ ...rule, condition });
}

function withClauses(condition: Condition, at: string): Condition {
  if (isLeaf(condition)) {
    const { clause } = condition;
    return { ...condition, clause: clause?.startsWith('/decision') === true ? clause : at };
  }
  if (condition.op === 'not') {
    return { op: 'not', of: withClauses(condition.of, `${at}/of`) };
  }
  const { op, of } = condition;
  return { op, of: of.map((child, index) => withClauses(child, `${at}/of/${String(index)}`)) };
}
