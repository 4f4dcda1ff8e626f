import type { Action } from '../../policy/attributes.js';
import type { Condition } from '../../policy/condition.js';
import type { Guardrail } from '../../policy/guardrail.js';

/** A guardrail, or a dataset's own deny rule, with the policy versions between which it decides. */
export interface GuardrailView {
  readonly id: string;
  /** Null: of all datasets. */
  readonly datasetId: string | null;
  readonly actions: readonly Action[];
  readonly condition: Condition;
  readonly message: string;
  readonly sinceVersion: number;
  /** The version that replaced or withdrew it; null while it is in force. */
  readonly untilVersion: number | null;
  readonly publishedAt: string;
}

export function toGuardrailView(guardrail: Guardrail): GuardrailView {
  const { id, datasetId, actions, condition, message, sinceVersion, untilVersion } = guardrail;
  const publishedAt = guardrail.publishedAt.toISOString();
  return { id, datasetId, actions, condition, message, sinceVersion, untilVersion, publishedAt };
}
