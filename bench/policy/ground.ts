import { compileAgreement } from '../../src/policy/compile-agreement.js';
import type { Condition } from '../../src/policy/condition.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';
import { policiesFolder, readGuardrails } from '../../src/policy/storage/policy-files.js';
import type { Question } from '../differential/cases.js';
import { randomFrom, type Random } from '../differential/random.js';

/** Allow rules, one of each agreement; what denies; and questions about them, half of them allowed. */
export interface Ground {
  readonly allows: readonly PolicyRule[];
  readonly denies: readonly PolicyRule[];
  readonly questions: readonly Question[];
}

const NOW = new Date('2026-11-24T12:00:00Z');
const PURPOSES = ['Research', 'Planning', 'Statistics', 'Safety'];
const ACCREDITATIONS = ['dea_full', 'dea_provisional'];
const QUESTIONS = 2_000;
const CAP = 16;
const DAY_MS = 86_400_000;

function uuid(kind: number, at: number): string {
  return `0199${kind.toString(16).padStart(4, '0')}-0000-7000-8000-${at.toString(16).padStart(12, '0')}`;
}

/** So many agreements, each of one dataset, under the shipped guardrails. */
export function makeGround(agreements: number, seed: number): Ground {
  const random = randomFrom(seed, agreements);
  const allows = Array.from({ length: agreements }, (_, at) => agreementRule(random, at)).flat();
  const questions = Array.from({ length: QUESTIONS }, () => {
    const at = random.below(agreements);
    return questionOf(random, at, allows[at] as PolicyRule);
  });
  return { allows, denies: shipped(), questions };
}

/**
 * As many deny rules as may stand before one request, of so many comparisons each. None fires, so each has to be looked at.
 */
export function makeFullCaps(comparisons: number, seed: number): Ground {
  const { allows, questions } = makeGround(1, seed);
  const datasetId = allows[0]?.datasetId ?? null;
  const denies = Array.from({ length: 2 * CAP }, (_, at) =>
    denyRule(
      at,
      neverOf(at, comparisons),
      { id: `G${String(10 + at)}`, message: 'Never' },
      at < CAP ? datasetId : null,
    ),
  );
  return { allows, denies, questions };
}

const NEVER: readonly ((name: string) => Condition)[] = [
  (name) => ({ op: 'eq', path: 'request.purpose', value: name }),
  (name) => ({ op: 'contains', path: 'subject.accreditations', value: name }),
  () => ({ op: 'within', path: 'request.ip', value: ['10.0.0.0/8', '2001:db8::/32'] }),
  () => ({ op: 'after', path: 'request.now', value: '2028-01-01T00:00:00Z' }),
];

function neverOf(at: number, comparisons: number): Condition {
  const of = Array.from({ length: comparisons }, (_, part) =>
    (NEVER[part % NEVER.length] as (typeof NEVER)[number])(`never-${String(at)}-${String(part)}`),
  );
  return { op: 'any', of };
}

function agreementRule(random: Random, at: number): readonly PolicyRule[] {
  const datasetId = uuid(2, at);
  return compileAgreement({
    purposeClosure: random.some(PURPOSES, 1, PURPOSES.length),
    modes: ['stream', 'presign'],
    actions: ['dataset:read'],
    accreditations: random.some(ACCREDITATIONS, 1, 2),
    trainings: [],
    orgChecks: random.chance(0.5) ? ['dspt'] : [],
    minAuth: 'aal2',
    dpop: false,
    countries: ['GB'],
    endsAt: new Date(NOW.getTime() + (1 + random.below(1_000)) * DAY_MS),
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

function questionOf(random: Random, at: number, rule: PolicyRule): Question {
  const isGood = random.chance(0.5);
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
      'request.ip': '192.0.2.9',
    },
    narrowing: null,
    now: NOW,
    ageMs: 0,
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
function denyRule(
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
