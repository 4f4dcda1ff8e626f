import type { AttributeName, AttributeValue } from './attributes.js';
import type { Comparison, Condition } from './condition.js';
import type { RuleKey } from './engine/snapshot.js';

export type DecisionReason =
  | 'allowed'
  | 'no_agreement'
  | 'condition_failed'
  | 'denied_by_rule'
  | 'guardrail'
  | 'country_unknown'
  | 'policy_unavailable'
  | 'engine_error';

/** A comparison that kept an allow rule from holding, or made a deny rule hold. */
export interface FailedLeaf {
  readonly path: AttributeName;
  readonly op: Comparison['op'];
  /** True: the comparison had to hold. False: it had not to, as in a deny rule or under `not`. */
  readonly wanted: boolean;
  readonly expected: AttributeValue | readonly (string | number)[];
  /** Null: nothing is known of this attribute. */
  readonly actual: AttributeValue | null;
  /** JSON Pointer into the agreement version, or into the owner's decision under `/decision`. */
  readonly clause: string | null;
}

export interface FailedClause extends FailedLeaf {
  readonly ruleId: string | null;
  /** The agreement's reference. */
  readonly agreement: string | null;
  readonly guardrail: string | null;
}

/** What was decided and why: enough to explain it now and to replay it later (policy section 4). */
export interface Decision {
  readonly decisionId: string;
  /** What it was about. */
  readonly key: RuleKey;
  /** The conditions of the owner's decision, if it had any. */
  readonly narrowing: Condition | null;
  readonly outcome: 'allow' | 'deny';
  readonly reason: DecisionReason;
  /** 0 when no snapshot was there to decide. */
  readonly policyVersion: number;
  /** SHA-256 over the salted attributes; the salt and the attributes are kept encrypted beside it. */
  readonly attributesHash: Buffer;
  readonly attributesSalt: Buffer;
  readonly attributesText: string;
  readonly ruleIds: readonly string[];
  readonly failed: readonly FailedClause[];
  readonly explanation: string;
  readonly decidedAt: Date;
  /** When time alone ends this allow; no grant outlives it. Null: time alone does not. */
  readonly notAfter: Date | null;
}
