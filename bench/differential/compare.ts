import type { AttributeInput } from '../../src/policy/attributes.js';
import type { DataEngine } from '../../src/policy/engine/data-engine.js';
import { randomCase, type Case } from './cases.js';
import { cedarAllows, cedarContext, cedarPolicies, prepareCedar } from './cedar.js';
import { referenceAllows } from './reference.js';
import { ask, NOW } from './rules.js';
import { Seeded } from './seeded.js';

/** How often something came up: a comparison that never reaches a branch says nothing of it. */
export type Counts = Map<string, number>;

export interface Difference {
  readonly seed: number;
  readonly rules: Case['rules'];
  readonly narrowing: Case['narrowing'];
  readonly request: AttributeInput;
  readonly answers: {
    readonly engine: string;
    readonly reference: boolean;
    readonly cedar: boolean;
  };
}

const REQUESTS_OF_A_CASE = 10;
const SET = 'differential';

/** The reference, or another to see that a difference is found. */
export type Reference = typeof referenceAllows;

/**
 * Asks the engine, a plain evaluator and Cedar the same questions.
 * @param count how many; a multiple of ten.
 * @param watch is told after each thousand.
 */
export function compareEngines(
  engine: DataEngine,
  { seed, count }: { readonly seed: number; readonly count: number },
  reference: Reference = referenceAllows,
  watch: (done: number) => void = () => undefined,
): { readonly differences: readonly Difference[]; readonly counts: Counts } {
  const random = new Seeded(seed);
  const differences: Difference[] = [];
  const counts: Counts = new Map();
  const tally = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (let done = 0; done < count; done += REQUESTS_OF_A_CASE) {
    const { rules, narrowing, requests } = randomCase(random, REQUESTS_OF_A_CASE);
    prepareCedar(SET, cedarPolicies(rules, narrowing));
    for (const values of requests) {
      const request: AttributeInput = { ...values, 'request.now': NOW.toISOString() };
      const decision = ask(engine, rules, values, narrowing);
      const answers = {
        engine: decision.reason,
        reference: reference(rules, narrowing, request),
        cedar: cedarAllows(SET, cedarContext(request)),
      };
      tally(`reason ${decision.reason}`);
      const isAllowed = decision.outcome === 'allow';
      if (isAllowed !== answers.reference || isAllowed !== answers.cedar) {
        differences.push({ seed, rules, narrowing, request, answers });
      }
    }
    for (const op of operatorsOf(rules)) {
      tally(`op ${op}`);
    }
    if ((done + REQUESTS_OF_A_CASE) % 1_000 === 0) {
      watch(done + REQUESTS_OF_A_CASE);
    }
  }
  return { differences, counts };
}

function operatorsOf(rules: Case['rules']): readonly string[] {
  const text = JSON.stringify(rules.map(({ condition }) => condition));
  return [...new Set([...text.matchAll(/"op":"(\w+)"/g)].map(([, op = '']) => op))];
}
