import type { DecisionReason, FailedClause, FailedLeaf } from '../decision.js';
import type { CompiledRule } from './snapshot.js';

/** One sentence per failed clause, naming the agreement's clause or the guardrail, the attribute and what was found. */
export function explanationOf(
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
    const message = candidates.find(({ id }) => id === clause.ruleId)?.message ?? 'Not allowed';
    return `Refused: guardrail ${clause.guardrail}, ${clause.path}. ${message}. ${found}`;
  }
  const where = [clause.agreement ?? 'the agreement', clause.clause?.slice(1).replaceAll('/', ' ')];
  return `Refused: ${where.filter((word) => word).join(', ')}, ${requirement(clause)}. ${found}`;
}

/** What a comparison asks for, in words that name its attribute. */
export function requirement({ op, path, expected, wanted }: Omit<FailedLeaf, 'actual'>): string {
  const value = wordsOf(expected);
  const verb = wanted ? 'requires' : 'excludes';
  switch (op) {
    case 'contains':
      return `${verb} ${value} in ${path}`;
    case 'eq':
      return `${verb} ${value} as ${path}`;
    case 'ne':
      return `${wanted ? 'excludes' : 'requires'} ${value} as ${path}`;
    case 'in':
      return `${verb} one of ${value} as ${path}`;
    case 'notIn':
      return `${wanted ? 'excludes' : 'requires'} one of ${value} as ${path}`;
    case 'gte':
      return `${verb} ${path} of at least ${value}`;
    case 'lte':
      return `${verb} ${path} of at most ${value}`;
    case 'before':
      return `${verb} ${path} before ${value}`;
    case 'after':
      return `${verb} ${path} from ${value}`;
    case 'within':
      return `${verb} ${path} within ${value}`;
  }
}

function wordsOf(value: FailedClause['expected']): string {
  if (typeof value !== 'object') {
    return String(value);
  }
  return value.length === 0 ? 'none' : value.join(', ');
}
