import type { AttributeInput } from '../../src/policy/attributes.js';
import { compileAgreement, type CompilableTerms } from '../../src/policy/compile-agreement.js';
import type { Condition } from '../../src/policy/condition.js';
import type { Decision } from '../../src/policy/decision.js';
import type { DataEngine } from '../../src/policy/engine/data-engine.js';
import { decide } from '../../src/policy/engine/decide.js';
import { snapshotOf, type PolicyRule, type RuleKey } from '../../src/policy/engine/snapshot.js';
import { policiesFolder, readGuardrails } from '../../src/policy/storage/policy-files.js';

export const AGREEMENT_ID = '01990000-0000-7000-8000-000000000001';
export const DATASET_ID = '01990000-0000-7000-8000-000000000002';
export const RECIPIENT_ID = '01990000-0000-7000-8000-000000000003';
export const NOW = new Date('2026-11-24T12:00:00Z');
export const READ_KEY: RuleKey = {
  agreementId: AGREEMENT_ID,
  agreementVersion: 1,
  datasetId: DATASET_ID,
  action: 'dataset:read',
};

export const someTerms = (changes: Partial<CompilableTerms> = {}): CompilableTerms => ({
  purposeClosure: ['ResearchAndDevelopment', 'AcademicResearch'],
  modes: ['stream'],
  actions: ['dataset:read'],
  accreditations: ['dea_full'],
  trainings: [],
  orgChecks: [],
  minAuth: 'aal2',
  dpop: false,
  countries: [],
  endsAt: new Date('2027-04-01T00:00:00Z'),
  items: [{ datasetId: DATASET_ID, release: 'raw' }],
  recipients: [RECIPIENT_ID],
  ...changes,
});

export const anAllow = (condition: Condition, changes: Partial<PolicyRule> = {}): PolicyRule => ({
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
  ...changes,
});

export const aDeny = (condition: Condition, changes: Partial<PolicyRule> = {}): PolicyRule => ({
  ...anAllow(condition),
  id: '01990000-0000-7000-8000-0000000000b1',
  guardrailId: 'G99',
  effect: 'deny',
  datasetId: null,
  recipients: [],
  agreementId: null,
  agreementVersion: null,
  reference: null,
  message: 'Not like this',
  ...changes,
});

/** The allow rules of some terms, one per action. */
export const rulesOf = (terms: CompilableTerms): readonly PolicyRule[] =>
  compileAgreement(terms).map((rule, at) =>
    anAllow(rule.condition, {
      ...rule,
      id: `01990000-0000-7000-8000-0000000001${String(10 + at)}`,
    }),
  );

/** The guardrails of `policies/guardrails.csv`, one rule per action. */
export const shippedGuardrails = (): readonly PolicyRule[] =>
  readGuardrails(policiesFolder()).flatMap(({ id, actions, condition, message }, row) =>
    actions.map((action, at) =>
      aDeny(condition, {
        id: `01990000-0000-7000-8000-00000000c${String(row)}0${String(at)}`,
        guardrailId: id,
        action,
        message,
      }),
    ),
  );

/** Attributes of a request that an ordinary agreement allows. */
export const standing = {
  'subject.organisationId': RECIPIENT_ID,
  'subject.accreditations': ['dea_full'],
  'subject.authLevel': 2,
  'dataset.id': DATASET_ID,
  'agreement.status': 'active',
  'agreement.partyStatus': 'active',
  'agreement.providerStatus': 'active',
  'project.status': 'active',
  'request.purpose': 'ResearchAndDevelopment',
  'request.delivery': 'stream',
} as const satisfies AttributeInput;

/** Decides at version 7, on rules confirmed now. */
export function ask(
  engine: DataEngine,
  rules: readonly PolicyRule[],
  changes: AttributeInput = {},
  narrowing: Condition | null = null,
  key = READ_KEY,
): Decision {
  return decide(engine, snapshotOf(7, rules, NOW.getTime()), {
    key,
    attributes: { ...standing, ...changes },
    narrowing,
    decisionId: '01990000-0000-7000-8000-0000000000d1',
    now: NOW,
  });
}
