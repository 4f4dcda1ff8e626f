import type { AttributeName } from '../../policy/attributes.js';
import type { Decision, FailedLeaf } from '../../policy/decision.js';
import { leavesOf, type JudgedLeaf } from '../../policy/engine/clauses.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { needsOf, type Grounds } from './needs.js';

/** Who reads an explanation, as far as it matters for what it may say. */
export interface Reader {
  readonly isSelf: boolean;
  /** Of the organisation whose dataset it is: its own rules are no secret to them. */
  readonly isOwner: boolean;
  /** The person, and who may read the person: what is known of them is no secret to those. */
  readonly seesPerson: boolean;
}

/** One comparison that counts for the answer. What a dataset's own rule compares with is its owner's to see. */
interface ExplainedClause {
  readonly source: 'agreement' | 'decision' | 'guardrail' | 'dataset_rule';
  readonly guardrail: string | null;
  readonly message: string | null;
  /** JSON Pointer into the agreement version, or into the owner's decision. */
  readonly clause: string | null;
  readonly path: AttributeName;
  readonly op: string | null;
  readonly expected: FailedLeaf['expected'] | null;
  /** What was found, null for nothing; absent where the reader may not know it. */
  readonly actual?: FailedLeaf['actual'];
  /** Null: it is not known. */
  readonly isMet: boolean | null;
}

export interface ExplanationView {
  readonly decisionId: string;
  readonly outcome: Decision['outcome'];
  readonly reason: Decision['reason'];
  readonly policyVersion: number;
  readonly explanation: string;
  readonly decidedAt: string;
  /** When time alone ends it. */
  readonly notAfter: string | null;
  readonly clauses: readonly ExplainedClause[];
  /** What would have to be otherwise; nothing when it is allowed. */
  readonly wouldNeed: readonly string[];
  /** What of the request was not known and was taken for granted. */
  readonly assumed: Readonly<Record<string, string | number>>;
}

/** Of a person and a project, what the owner of the data knows of every request. */
const OPEN_PATHS: readonly AttributeName[] = [
  'subject.kind',
  'subject.organisationId',
  'subject.organisationKind',
  'project.id',
];

/** Every clause that the reader may see, and what would have to change. */
export function explained(
  decision: Decision,
  grounds: Grounds,
  reader: Reader,
): Pick<ExplanationView, 'clauses' | 'wouldNeed' | 'explanation'> {
  const { rules, narrowing, attributes } = grounds;
  const ofRules = rules.flatMap((rule) =>
    clausesOf(
      rule,
      leavesOf(rule.condition, attributes, rule.effect === 'allow'),
      reader.isOwner || decision.ruleIds.includes(rule.id),
      reader.isOwner,
    ),
  );
  const ofDecision = narrowing === null ? [] : leavesOf(narrowing, attributes, true);
  const clauses = [
    ...ofRules,
    ...ofDecision.map((leaf) => clauseOf('decision', { guardrailId: null, message: null }, leaf)),
  ].map((clause) => (reader.seesPerson ? clause : withoutPerson(clause)));
  const wouldNeed = needsOf(decision, grounds);
  // The words of the decision say what was found.
  const isOpen = reader.seesPerson || decision.outcome === 'allow';
  const explanation = isOpen ? decision.explanation : `Refused: ${wouldNeed.join(' ')}`;
  return { clauses, wouldNeed, explanation };
}

// That a dataset has a rule of its own is nobody else's as long as it stands in nobody's way; then what it looks at, once.
function clausesOf(
  rule: PolicyRule,
  leaves: readonly JudgedLeaf[],
  isShown: boolean,
  isOpen: boolean,
): readonly ExplainedClause[] {
  if (rule.effect === 'allow') {
    return leaves.map((leaf) => clauseOf('agreement', rule, leaf));
  }
  if (rule.datasetId === null) {
    return leaves.map((leaf) => clauseOf('guardrail', rule, leaf));
  }
  if (isOpen) {
    return leaves.map((leaf) => clauseOf('dataset_rule', rule, leaf));
  }
  const inTheWay = leaves.filter(({ isMet }) => isShown && isMet !== true);
  const once = new Map(inTheWay.map((leaf) => [leaf.path, leaf]));
  return [...once.values()].map((leaf) => ({
    ...clauseOf('dataset_rule', rule, leaf),
    clause: null,
    op: null,
    expected: null,
  }));
}

function clauseOf(
  source: ExplainedClause['source'],
  { guardrailId: guardrail, message }: Pick<PolicyRule, 'guardrailId' | 'message'>,
  { clause, path, op, expected, actual, isMet }: JudgedLeaf,
): ExplainedClause {
  return { source, guardrail, message, clause, path, op, expected, actual, isMet };
}

function withoutPerson({ actual, ...clause }: ExplainedClause): ExplainedClause {
  const isPersonal = /^(subject|project)\.|^request\.(ip|country)$/.test(clause.path);
  return isPersonal && !OPEN_PATHS.includes(clause.path)
    ? clause
    : { ...clause, ...(actual !== undefined && { actual }) };
}
