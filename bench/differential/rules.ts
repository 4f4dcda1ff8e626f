import type { AttributeInput } from '../../src/policy/attributes.js';
import type { Condition } from '../../src/policy/condition.js';
import type { Decision } from '../../src/policy/decision.js';
import type { DataEngine } from '../../src/policy/engine/data-engine.js';
import { decide } from '../../src/policy/engine/decide.js';
import { snapshotOf } from '../../src/policy/engine/snapshot.js';
import type { PolicyRule, RuleKey } from '../../src/policy/policy.types.js';

const AGREEMENT_ID = '01990000-0000-7000-8000-000000000001';
export const DATASET_ID = '01990000-0000-7000-8000-000000000002';
export const RECIPIENT_ID = '01990000-0000-7000-8000-000000000003';
export const NOW = new Date('2026-11-24T12:00:00Z');
const KEY: RuleKey = {
  agreementId: AGREEMENT_ID,
  agreementVersion: 1,
  datasetId: DATASET_ID,
  action: 'dataset:read',
};

export function anAllow(condition: Condition): PolicyRule {
  return {
    id: '01990000-0000-7000-8000-0000000000a1',
    guardrailId: null,
    datasetId: DATASET_ID,
    action: 'dataset:read',
    recipients: [RECIPIENT_ID],
    effect: 'allow',
    condition,
    agreementId: AGREEMENT_ID,
    agreementVersion: 1,
    reference: 'CON-2026-0001',
    message: null,
  };
}

/** @param datasetId null: for every dataset. */
export function aDeny(condition: Condition, at: number, datasetId: string | null): PolicyRule {
  return {
    ...anAllow(condition),
    id: `01990000-0000-7000-8000-0000000003${String(10 + at)}`,
    guardrailId: 'G99',
    datasetId,
    recipients: [],
    effect: 'deny',
    agreementId: null,
    agreementVersion: null,
    reference: null,
    message: 'Not like this',
  };
}

/** What the engine decides at `NOW` on these rules. */
export function ask(
  engine: DataEngine,
  rules: readonly PolicyRule[],
  attributes: AttributeInput,
  narrowing: Condition | null,
): Decision {
  return decide(engine, snapshotOf(7, rules, NOW.getTime()), {
    key: KEY,
    attributes,
    narrowing,
    decisionId: '01990000-0000-7000-8000-0000000000d1',
    now: NOW,
  });
}
