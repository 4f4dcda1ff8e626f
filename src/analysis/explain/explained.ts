import type { Attributes } from '../../policy/attributes.js';
import type { Condition } from '../../policy/condition.js';
import type { Decision, FailedLeaf } from '../../policy/decision.js';
import { leavesOf } from '../../policy/engine/clauses.js';
import { requirement } from '../../policy/engine/explanation.js';
import type { PolicyRule } from '../../policy/policy.types.js';

/** One comparison that counts for the answer. What a dataset's own rule compares with is its owner's to see. */
export interface ExplainedClause {
  readonly source: 'agreement' | 'decision' | 'guardrail' | 'dataset_rule';
  readonly guardrail: string | null;
  readonly message: string | null;
  /** JSON Pointer into the agreement version, or into the owner's decision. */
  readonly clause: string | null;
  readonly path: string;
  readonly op: string | null;
  readonly expected: FailedLeaf['expected'] | null;
  readonly actual: FailedLeaf['actual'];
  /** Null: it is not known. */
  readonly isMet: boolean | null;
}

export interface ExplanationView {
  readonly outcome: Decision['outcome'];
  readonly reason: Decision['reason'];
  readonly policyVersion: number;
  readonly explanation: string;
  /** When time alone ends it. */
  readonly notAfter: string | null;
  readonly clauses: readonly ExplainedClause[];
  /** What would have to be otherwise; nothing when it is allowed. */
  readonly wouldNeed: readonly string[];
  /** What of the request was not known and was taken for granted. */
  readonly assumed: Readonly<Record<string, string | number>>;
}

/** @param mayReadDatasetRules whether the reader may see what the dataset's own rules compare with. */
export function explained(
  decision: Decision,
  {
    rules,
    narrowing,
    attributes,
  }: {
    readonly rules: readonly PolicyRule[];
    readonly narrowing: Condition | null;
    readonly attributes: Attributes;
  },
  mayReadDatasetRules: boolean,
): Pick<ExplanationView, 'clauses' | 'wouldNeed'> {
  const ofRules = rules.flatMap((rule) => {
    const wanted = rule.effect === 'allow';
    return leavesOf(rule.condition, attributes, wanted).map((leaf) => clauseOf(rule, leaf));
  });
  const ofDecision = narrowing === null ? [] : leavesOf(narrowing, attributes, true);
  const clauses = [
    ...ofRules,
    ...ofDecision.map((leaf) => ({
      ...shown(leaf),
      source: 'decision' as const,
      guardrail: null,
      message: null,
    })),
  ].map((clause) =>
    clause.source === 'dataset_rule' && !mayReadDatasetRules
      ? { ...clause, op: null, expected: null }
      : clause,
  );
  return { clauses, wouldNeed: decision.outcome === 'allow' ? [] : needs(decision) };
}

function clauseOf(
  { effect, datasetId, guardrailId, message }: PolicyRule,
  leaf: ReturnType<typeof leavesOf>[number],
): ExplainedClause {
  const source =
    effect === 'allow' ? 'agreement' : datasetId === null ? 'guardrail' : 'dataset_rule';
  return { ...shown(leaf), source, guardrail: guardrailId, message };
}

function shown({ clause, path, op, expected, actual, isMet }: ReturnType<typeof leavesOf>[number]) {
  return { clause, path, op, expected, actual, isMet };
}

function needs({ failed, reason }: Decision): readonly string[] {
  if (reason === 'no_agreement') {
    return [
      'An agreement in force that names subject.organisationId as a recipient of this dataset.',
    ];
  }
  return failed.map((clause) => {
    const { guardrail, agreement } = clause;
    if (guardrail?.startsWith('D') === true) {
      return `Rule ${guardrail} of the dataset’s owner must not apply: it looks at ${clause.path}.`;
    }
    const where = guardrail === null ? (agreement ?? 'The agreement') : `Guardrail ${guardrail}`;
    const pointer = clause.clause === null ? '' : ` (${clause.clause})`;
    return `${where}${pointer} ${requirement(clause)}.`;
  });
}
