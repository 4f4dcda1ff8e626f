import type { AttributeInput } from '../../src/policy/attributes.js';
import { compileAgreement } from '../../src/policy/compile-agreement.js';
import type { Condition } from '../../src/policy/condition.js';
import type { PolicyRule, RuleKey } from '../../src/policy/policy.types.js';
import { policiesFolder, readGuardrails } from '../../src/policy/storage/policy-files.js';
import { Seeded } from '../differential/seeded.js';

/** So many agreements, each of one dataset, under the shipped guardrails; and questions about them, half of them allowed. */
export interface Ground {
  readonly rules: readonly PolicyRule[];
  readonly guardrails: readonly PolicyRule[];
  readonly questions: readonly Question[];
}

export interface Question {
  readonly key: RuleKey;
  readonly attributes: AttributeInput;
}

export const NOW = new Date('2026-11-24T12:00:00Z');
const PURPOSES = ['Research', 'Planning', 'Statistics', 'Safety'];
const ACCREDITATIONS = ['dea_full', 'dea_provisional'];
const QUESTIONS = 2_000;

export function uuid(kind: number, at: number): string {
  return `0199${kind.toString(16).padStart(4, '0')}-0000-7000-8000-${at.toString(16).padStart(12, '0')}`;
}

export function makeGround(agreements: number, seed: number): Ground {
  const random = new Seeded(seed);
  const rules = Array.from({ length: agreements }, (_, at) => agreementRule(random, at)).flat();
  const questions = Array.from({ length: QUESTIONS }, () => {
    const at = random.below(agreements);
    return question(random, at, rules[at] as PolicyRule);
  });
  return { rules, guardrails: shipped(), questions };
}

function agreementRule(random: Seeded, at: number): readonly PolicyRule[] {
  const datasetId = uuid(2, at);
  return compileAgreement({
    purposeClosure: random.some(PURPOSES),
    modes: ['stream', 'presign'],
    actions: ['dataset:read'],
    accreditations: random.some(ACCREDITATIONS),
    trainings: [],
    orgChecks: random.chance(2) ? ['dspt'] : [],
    minAuth: 'aal2',
    dpop: false,
    countries: ['GB'],
    endsAt: new Date('2027-11-24T12:00:00Z'),
    items: [{ datasetId, release: 'raw' }],
    recipients: [uuid(3, at)],
  })
    .filter(({ action }) => action === 'dataset:read')
    .map((rule) => ({
      ...rule,
      id: uuid(4, at),
      guardrailId: null,
      effect: 'allow',
      agreementId: uuid(1, at),
      agreementVersion: 1,
      reference: `CON-2026-${String(at)}`,
      message: null,
    }));
}

function question(random: Seeded, at: number, rule: PolicyRule): Question {
  const isGood = random.chance(2);
  const purposes = valuesOf(rule.condition, 'request.purpose');
  return {
    key: {
      agreementId: uuid(1, at),
      agreementVersion: 1,
      datasetId: uuid(2, at),
      action: 'dataset:read',
    },
    attributes: {
      'subject.organisationId': uuid(3, at),
      'subject.authLevel': 2,
      'subject.accreditations': isGood ? ACCREDITATIONS : [],
      'subject.trainings': [],
      'subject.organisationChecks': ['dspt'],
      'dataset.id': uuid(2, at),
      'agreement.id': uuid(1, at),
      'agreement.status': 'active',
      'agreement.partyStatus': 'active',
      'agreement.providerStatus': 'active',
      'project.status': 'active',
      'request.purpose': purposes[0] ?? 'Research',
      'request.delivery': 'stream',
      'request.country': 'GB',
      'request.now': NOW.toISOString(),
    },
  };
}

function valuesOf(condition: Condition, path: string): readonly string[] {
  if ('path' in condition) {
    return condition.path === path && condition.op === 'in' ? condition.value.map(String) : [];
  }
  const children = condition.op === 'not' ? [condition.of] : condition.of;
  return children.flatMap((child) => valuesOf(child, path));
}

function shipped(): readonly PolicyRule[] {
  return readGuardrails(policiesFolder())
    .filter(({ actions }) => actions.includes('dataset:read'))
    .map(({ id, condition, message }, at) => denyRule(at, condition, { id, message }));
}

/** @param datasetId null: for every dataset. */
export function denyRule(
  at: number,
  condition: Condition,
  { id, message }: { readonly id: string; readonly message: string },
  datasetId: string | null = null,
): PolicyRule {
  return {
    id: uuid(5, at),
    guardrailId: id,
    datasetId,
    action: 'dataset:read',
    recipients: [],
    effect: 'deny',
    condition,
    agreementId: null,
    agreementVersion: null,
    reference: null,
    message,
  };
}
