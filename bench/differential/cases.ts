import {
  ACTIONS,
  ATTRIBUTES,
  type AttributeInput,
  type AttributeName,
  type AttributeType,
  type AttributeValue,
} from '../../src/policy/attributes.js';
import type { Condition } from '../../src/policy/condition.js';
import type { PolicyRule, RuleKey } from '../../src/policy/policy.types.js';
import { CODES, conditionOf, IDS, INSTANTS, NAMES, ODD_CODES, VALUES } from './conditions.js';
import { randomFrom, type Random } from './random.js';

/** One request to decide. */
export interface Question {
  readonly key: RuleKey;
  readonly attributes: AttributeInput;
  /** Which of the world's narrowings the owner's decision laid on it. */
  readonly narrowing: number | null;
  readonly now: Date;
  /** How long ago the snapshot was confirmed, in milliseconds; below 0: in time to come. */
  readonly ageMs: number;
}

/** Rules in force, rules that were, and requests to decide under them. */
export interface World {
  readonly rules: readonly PolicyRule[];
  readonly withdrawn: readonly PolicyRule[];
  readonly narrowings: readonly Condition[];
  readonly questions: readonly Question[];
}

export const QUESTIONS_PER_WORLD = 20;

/** The world of that number under that seed: rules of a few agreements, denies of datasets, guardrails, requests. */
export function worldOf(seed: number, index: number): World {
  const random = randomFrom(seed, index);
  // A few actions, datasets and agreements for each world, so that requests find rules and rules find each other.
  const scene = {
    actions: random.some(ACTIONS, 1, 2),
    datasets: random.some(IDS, 1, 2),
    agreements: random.some(IDS, 1, 2),
  };
  const keys = scene.agreements.flatMap((agreementId) =>
    [1, 2].flatMap((agreementVersion) =>
      scene.datasets.flatMap((datasetId) =>
        scene.actions.map((action) => ({ agreementId, agreementVersion, datasetId, action })),
      ),
    ),
  );
  const number = counter();
  const covered = random.some(keys, 1, keys.length);
  const allows = covered.map((key) => allowRule(random, number(), key));
  // Now and then as many as the caps let through.
  const most = random.chance(0.02) ? 16 : 2;
  const denies = scene.datasets.flatMap((datasetId) =>
    listOf(random, most, () => denyRule(random, number(), datasetId, random.pick(scene.actions))),
  );
  const guardrails = listOf(random, most, () =>
    denyRule(random, number(), null, random.pick(scene.actions)),
  );
  const narrowings = listOf(random, 2, () => conditionOf(random));
  return {
    rules: [...allows, ...denies, ...guardrails],
    withdrawn: withdrawnRules(random, number, keys, allows),
    narrowings,
    questions: Array.from({ length: QUESTIONS_PER_WORLD }, () =>
      questionOf(random, random.chance(0.9) ? covered : keys, narrowings.length),
    ),
  };
}

// Rules that were in force in the snapshot before: what they allowed or denied is over.
function withdrawnRules(
  random: Random,
  number: () => number,
  keys: readonly RuleKey[],
  allows: readonly PolicyRule[],
): readonly PolicyRule[] {
  const isTaken = (key: RuleKey): boolean =>
    allows.some(
      (rule) =>
        rule.agreementId === key.agreementId &&
        rule.agreementVersion === key.agreementVersion &&
        rule.datasetId === key.datasetId &&
        rule.action === key.action,
    );
  const ended = keys.filter((key) => !isTaken(key) && random.chance(0.5));
  const { datasetId, action } = random.pick(keys);
  return [
    ...ended.map((key) => allowRule(random, number(), key)),
    denyRule(random, number(), random.pick([datasetId, null]), action),
  ];
}

function allowRule(random: Random, number: number, key: RuleKey): PolicyRule {
  return {
    ...key,
    id: `rule-${String(number)}`,
    guardrailId: null,
    recipients: random.some(IDS, random.chance(0.1) ? 1 : 4, 4),
    effect: 'allow',
    condition: conditionOf(random),
    reference: 'CON-2026-0001',
    message: null,
  };
}

function denyRule(
  random: Random,
  number: number,
  datasetId: string | null,
  action: RuleKey['action'],
): PolicyRule {
  return {
    id: `rule-${String(number)}`,
    guardrailId: `G${String(number)}`,
    datasetId,
    action,
    recipients: [],
    effect: 'deny',
    condition: conditionOf(random),
    agreementId: null,
    agreementVersion: null,
    reference: null,
    message: 'Not like this',
  };
}

function questionOf(random: Random, keys: readonly RuleKey[], narrowings: number): Question {
  const known = random.pick(keys);
  const key = random.chance(0.98) ? known : { ...known, agreementVersion: 3 };
  const attributes: Partial<Record<AttributeName, AttributeValue>> = {};
  for (const name of NAMES) {
    if (random.chance(0.9)) {
      attributes[name] = valueOf(random, ATTRIBUTES[name]);
    }
  }
  if (random.chance(0.97)) {
    attributes['dataset.id'] = key.datasetId;
  }
  return {
    key,
    attributes,
    narrowing: random.chance(0.4) && narrowings > 0 ? random.below(narrowings) : null,
    now: new Date(random.pick(INSTANTS)),
    ageMs: random.chance(0.97) ? random.pick([0, 1, 5_000]) : random.pick([-1, 5_001]),
  };
}

function valueOf(random: Random, type: AttributeType): AttributeValue {
  switch (type) {
    case 'set':
      return random.some([...CODES, ...ODD_CODES], 0, 4);
    case 'code':
      return random.pick(random.chance(0.9) ? CODES : ODD_CODES);
    case 'uuid':
    case 'integer':
    case 'boolean':
    case 'instant':
    case 'ip':
      return random.pick(VALUES[type]);
  }
}

function listOf<T>(random: Random, most: number, make: () => T): readonly T[] {
  return Array.from({ length: random.below(most + 1) }, make);
}

function counter(): () => number {
  let last = 0;
  return () => (last += 1);
}
