import type { Action } from './attributes.js';
import type { Condition } from './condition.js';

/** Of all datasets. */
export const GUARDRAIL_ID = /^G\d{2,4}$/;
/** A guardrail's, or that of a dataset's own deny rule. */
export const DENY_ID = /^[GD]\d{2,4}$/;
/** More deny rules than this on one action, or on one dataset and action, would slow every decision (policy section 4). */
export const MAX_BUCKET = 16;

/** Which guardrail: without a dataset that of all datasets; with one it is that dataset's own deny rule. */
export interface GuardrailKey {
  readonly id: string;
  readonly datasetId: string | null;
}

/** What a guardrail says: one deny rule for each of its actions. */
export interface GuardrailText {
  readonly actions: readonly Action[];
  readonly condition: Condition;
  readonly message: string;
}

/** A guardrail as it stood from one policy version to another; `untilVersion` is null while it is in force. */
export interface Guardrail extends GuardrailKey, GuardrailText {
  readonly sinceVersion: number;
  readonly untilVersion: number | null;
  readonly publishedAt: Date;
}

/** A new text for a guardrail; null withdraws it. */
export interface GuardrailChange extends GuardrailKey {
  readonly text: GuardrailText | null;
  /** The policy version that its proposer saw: what was published since on this guardrail is a conflict. */
  readonly baseVersion: number;
}

/** Which guardrails to list, in the order of their ids. */
export interface GuardrailQuery {
  /** Whose datasets' own rules too; null for everybody's. */
  readonly organisationIds: readonly string[] | null;
  /** Only this one, in each of its places. */
  readonly id: string | null;
  /** Only this dataset's own; null also those of all datasets. */
  readonly datasetId: string | null;
  /** Also as they were. */
  readonly isHistory: boolean;
  readonly after: GuardrailPosition | null;
  readonly limit: number;
}

export interface GuardrailPosition extends GuardrailKey {
  readonly sinceVersion: number;
}
