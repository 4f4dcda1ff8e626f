import { canonicalJson, type Json } from '../../kernel/canonical-json.js';
import type { Decision } from '../../policy/decision.js';
import type { RecordedDecision } from './decision-store.repository.js';

const PARTS = [
  'outcome',
  'reason',
  'ruleIds',
  'attributesHash',
  'failed',
  'explanation',
  'notAfter',
] as const;
export type DecisionPart = (typeof PARTS)[number];

/** In what a decision that was made again differs from what was recorded: nothing, or somebody should look into it. */
export function differencesOf(
  recorded: Pick<RecordedDecision, DecisionPart>,
  again: Pick<Decision, DecisionPart>,
): readonly DecisionPart[] {
  return PARTS.filter((part) => textOf(recorded[part]) !== textOf(again[part]));
}

function textOf(value: Pick<RecordedDecision, DecisionPart>[DecisionPart] | Decision['failed']) {
  if (value instanceof Date) {
    return value.toISOString();
  }
  return Buffer.isBuffer(value) ? value.toString('hex') : canonicalJson(value as Json);
}
