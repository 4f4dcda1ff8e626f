import type { FailedLeaf } from './compile-condition.js';

export type DecisionReason =
  | 'allowed'
  | 'no_agreement'
  | 'condition_failed'
  | 'denied_by_rule'
  | 'guardrail'
  | 'country_unknown'
  | 'policy_unavailable'
  | 'engine_error';

export interface FailedClause extends FailedLeaf {
  readonly ruleId: string | null;
  readonly agreement: string | null;
  readonly guardrail: string | null;
}

/** What was decided and why: enough to explain it now and to replay it later (policy section 4). */
export interface Decision {
  readonly decisionId: string;
  readonly outcome: 'allow' | 'deny';
  readonly reason: DecisionReason;
  readonly policyVersion: number;
  /** SHA-256 over the salted attributes; the salt and the attributes are kept encrypted beside it. */
  readonly attributesHash: Buffer;
  readonly attributesSalt: Buffer;
  readonly attributesText: string;
  readonly ruleIds: readonly string[];
  readonly failed: readonly FailedClause[];
  readonly explanation: string;
  readonly decidedAt: Date;
  /** The earliest `request.now` bound of the matched rules; no grant outlives it. */
  readonly notAfter: Date | null;
}
