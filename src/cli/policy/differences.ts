import { ruleSetOf } from '../../analysis/diff/rule-set.rules.js';
import { gained, type Flip, type RuleSet } from '../../policy/analysis/findings.js';
import { isConcordatError } from '../../kernel/errors.js';
import type { PolicyTexts } from './policy-folder.js';

const FLIPS = 8;

/** Whom one folder's texts let in that another's do not, and the other way round: requests that flip. */
export function differencesOf(before: PolicyTexts, after: PolicyTexts): readonly string[] {
  const names = new Set([...before.fixtures.keys(), ...after.fixtures.keys()]);
  return [...names].sort().flatMap((name) => {
    const keys = [before, after]
      .flatMap(({ fixtures }) => fixtures.get(name)?.rules ?? [])
      .map(({ action, datasetId }) => `${action} ${datasetId ?? ''}`);
    return [...new Set(keys)].flatMap((key) =>
      flipsOf(`${name}: ${key}`, setOf(before, name, key), setOf(after, name, key)),
    );
  });
}

function flipsOf(about: string, old: RuleSet, now: RuleSet): readonly string[] {
  try {
    return [
      ...gained(old, now, FLIPS).map((flip) => flipLine('+', about, flip)),
      ...gained(now, old, FLIPS).map((flip) => flipLine('-', about, flip)),
    ];
  } catch (error) {
    if (isConcordatError(error, 'condition_unanalysable')) {
      return [`? ${about} is too wide to compare (condition_unanalysable)`];
    }
    throw error;
  }
}

/** `+` for a request that is allowed now, `-` for one that no longer is. */
function flipLine(sign: '+' | '-', about: string, { witness }: Flip): string {
  return `${sign} ${about} ${JSON.stringify(witness)}`;
}

function setOf({ fixtures, guardrails }: PolicyTexts, name: string, key: string): RuleSet {
  const rules = [...(fixtures.get(name)?.rules ?? []), ...guardrails];
  return ruleSetOf(
    rules.filter(({ action, datasetId, effect }) =>
      effect === 'allow' ? `${action} ${datasetId ?? ''}` === key : key.startsWith(`${action} `),
    ),
  );
}
