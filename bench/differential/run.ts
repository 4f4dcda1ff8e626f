import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../../src/policy/condition.js';
import type { DecisionReason } from '../../src/policy/decision.js';
import { DataEngine } from '../../src/policy/engine/data-engine.js';
import { decide } from '../../src/policy/engine/decide.js';
import {
  applyChange,
  confirm,
  snapshotOf,
  type Snapshot,
} from '../../src/policy/engine/snapshot.js';
import { parseCondition } from '../../src/policy/parse-condition.js';
import { policiesFolder, readModel } from '../../src/policy/storage/policy-files.js';
import { QUESTIONS_PER_WORLD, worldOf, type Question, type World } from './cases.js';
import { askCedar, callOf, loadPolicies } from './cedar.js';
import { answerPlainly, MEANING, type Answer, type Truth } from './reference.js';

/** One case that was not answered alike. */
interface Difference {
  readonly seed: number;
  readonly world: number;
  readonly question: Question;
  readonly narrowing: Condition | null;
  readonly answers: Readonly<Record<'ours' | 'plain' | 'cedar', unknown>>;
}

/** What a run has reached. */
export interface Tally {
  readonly cases: number;
  readonly differences: readonly Difference[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
  /** How often each operator came to each answer, in the plain evaluator: `gte yes`. */
  readonly truths: Readonly<Record<string, number>>;
}

export interface Run {
  readonly seed: number;
  readonly cases: number;
  readonly meaning?: typeof MEANING;
  readonly onWorld?: (cases: number) => void;
}

const VERSION = 2;
/** Enough to see what they have in common. */
const KEPT_DIFFERENCES = 5;
/** A refusal for these reasons comes before the rules are asked; Cedar asks them all the same. */
const BEFORE_RULES: readonly DecisionReason[] = [
  'policy_unavailable',
  'no_agreement',
  'engine_error',
];

/**
 * Decides so many random cases three times: by this engine, by the plain evaluator and by Cedar.
 * @throws Error for any error of Cedar's.
 */
export async function run({ seed, cases, meaning = MEANING, onWorld }: Run): Promise<Tally> {
  const engine = await DataEngine.load(readModel(policiesFolder()));
  const outcomes: Counts = new Map();
  const reasons: Counts = new Map();
  const truths: Counts = new Map();
  const differences: Difference[] = [];
  const saw = (op: string, truth: Truth): void => {
    count(truths, `${op} ${truth}`);
  };
  let done = 0;
  for (let at = 0; done < cases && differences.length < KEPT_DIFFERENCES; at += 1) {
    const world = parsed(worldOf(seed, at));
    const snapshot = snapshotFor(world);
    loadPolicies('world', world.rules, world.narrowings);
    for (const question of world.questions.slice(0, cases - done)) {
      const ours = decideOurs(engine, snapshot, world, question);
      const plain = answerPlainly(world, question, meaning, saw);
      const cedar = askCedar(callOf('world', question));
      count(outcomes, ours.outcome);
      count(reasons, ours.reason);
      if (!areAlike(ours, plain, cedar)) {
        const narrowing = world.narrowings[question.narrowing ?? -1] ?? null;
        differences.push({ seed, world: at, question, narrowing, answers: { ours, plain, cedar } });
      }
    }
    done = Math.min(cases, done + QUESTIONS_PER_WORLD);
    onWorld?.(done);
  }
  return {
    cases: done,
    differences: differences.slice(0, KEPT_DIFFERENCES),
    outcomes: Object.fromEntries(outcomes),
    reasons: Object.fromEntries(reasons),
    truths: Object.fromEntries(truths),
  };
}

// The product's rules pass the product's parser, as they do before publication.
function parsed(world: World): World {
  const parse = <T extends { readonly condition: Condition }>(rule: T): T => ({
    ...rule,
    condition: parseCondition(rule.condition),
  });
  return {
    ...world,
    rules: world.rules.map(parse),
    withdrawn: world.withdrawn.map(parse),
    narrowings: world.narrowings.map((condition) => parseCondition(condition)),
  };
}

// Two publications: what the second withdrew must be gone.
function snapshotFor({ rules, withdrawn }: World): Snapshot {
  const half = Math.floor(rules.length / 2);
  const first = snapshotOf(1, [...withdrawn, ...rules.slice(0, half)], 0);
  return applyChange(first, { from: 1, to: VERSION, opened: rules.slice(half), closed: withdrawn });
}

function decideOurs(
  engine: DataEngine,
  snapshot: Snapshot,
  { narrowings }: World,
  { key, attributes, narrowing, now, ageMs }: Question,
): Answer {
  const { outcome, reason, ruleIds } = decide(engine, confirm(snapshot, now.getTime() - ageMs), {
    key,
    attributes,
    narrowing: narrowing === null ? null : (narrowings[narrowing] ?? null),
    decisionId: 'differential',
    now,
  });
  return { outcome, reason, ruleIds };
}

function areAlike(ours: Answer, plain: Answer, cedar: Omit<Answer, 'reason'>): boolean {
  const sorted = ({ ruleIds, ...rest }: Answer): unknown => ({
    ...rest,
    ruleIds: [...ruleIds].sort(),
  });
  const isCedars =
    BEFORE_RULES.includes(ours.reason) ||
    isDeepStrictEqual([...ours.ruleIds].sort(), [...cedar.ruleIds].sort());
  return (
    isDeepStrictEqual(sorted(ours), sorted(plain)) && ours.outcome === cedar.outcome && isCedars
  );
}

type Counts = Map<string, number>;

function count(counts: Counts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
