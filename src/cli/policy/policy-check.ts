import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isConcordatError } from '../../kernel/errors.js';
import {
  findingOf,
  gained,
  isShadowedDeny,
  type Flip,
  type RuleSet,
} from '../../policy/analysis/findings.js';
import { CasbinOperationDecision } from '../../policy/engine/operation-decision.casbin.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { policiesFolder, readModel, readRoles } from '../../policy/storage/policy-files.js';
import { UsageError } from '../usage-error.js';
import { readPolicyTexts, told, type PolicyTexts } from './policy-folder.js';

const USAGE = 'Usage: concordat policy check [folder] [--against <earlier folder>]';
const FLIPS = 8;

/**
 * `concordat policy check [folder]`: the texts parse, and each rule of the agreements in `tests/fixtures` lets somebody in
 * and each guardrail keeps somebody out. With `--against`, also whom the texts let in that those of another folder do not,
 * and the other way round, each with a request that flips.
 * @returns the exit code: 0 without a finding, 1 with one. A guardrail that others stand for is told and is none, and
 * neither is a difference.
 * @throws UsageError for a text that is none.
 */
export async function policyCheck(
  args: readonly string[],
  say: (line: string) => void,
): Promise<0 | 1> {
  const { folder, against } = optionsOf(args);
  const texts = await readPolicyTexts(folder);
  await checkRoles(folder);
  const findings = [...texts.fixtures.values()].flatMap(({ name, rules }) =>
    rules.flatMap((rule) => findingsOf(name, rule, texts)),
  );
  findings.forEach(say);
  warningsOf(texts).forEach(say);
  if (against !== undefined) {
    differencesOf(await readPolicyTexts(against), texts).forEach(say);
  }
  const checked = `${String(texts.fixtures.size)} agreements, ${String(texts.guardrails.length)} guardrail rules`;
  say(`${checked}: ${String(findings.length)} findings`);
  return findings.length === 0 ? 0 : 1;
}

function optionsOf(args: readonly string[]): { folder?: string; against?: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { against: { type: 'string' } },
      allowPositionals: true,
    });
    const [folder, ...rest] = positionals;
    if (rest.length > 0) {
      throw new UsageError(USAGE);
    }
    return { ...(folder === undefined ? {} : { folder }), ...values };
  } catch {
    throw new UsageError(USAGE);
  }
}

function differencesOf(before: PolicyTexts, after: PolicyTexts): readonly string[] {
  const names = new Set([...before.fixtures.keys(), ...after.fixtures.keys()]);
  return [...names].sort().flatMap((name) => {
    const keys = new Map(
      [before, after]
        .flatMap(({ fixtures }) => fixtures.get(name)?.rules ?? [])
        .map((rule) => [`${rule.action} ${rule.datasetId ?? ''}`, rule] as const),
    );
    return [...keys].flatMap(([key, rule]) => {
      const [old, now] = [before, after].map((texts) => ruleSet(texts, name, rule)) as [
        RuleSet,
        RuleSet,
      ];
      const told = (sign: string, flips: readonly Flip[]): readonly string[] =>
        flips.map(({ witness }) => `${sign} ${name} ${key}: ${JSON.stringify(witness)}`);
      return [...told('+', gained(old, now, FLIPS)), ...told('-', gained(now, old, FLIPS))];
    });
  });
}

function ruleSet(
  { fixtures, guardrails }: PolicyTexts,
  name: string,
  { action, datasetId }: PolicyRule,
): RuleSet {
  const allow = fixtures
    .get(name)
    ?.rules.find((rule) => rule.action === action && rule.datasetId === datasetId);
  const denies = guardrails.filter((rule) => rule.action === action);
  return {
    allow: allow?.condition ?? null,
    denies: denies.map(({ condition }) => condition),
  };
}

async function checkRoles(folder: string | undefined): Promise<void> {
  const own = folder === undefined ? policiesFolder() : pathToFileURL(`${resolve(folder)}/`);
  const read = (): ReturnType<typeof readRoles> => {
    try {
      return readRoles(own);
    } catch (error) {
      // A folder of matrices alone has no roles of its own.
      const { cause } = error as { cause?: { code?: string } };
      if (folder !== undefined && cause?.code === 'ENOENT') {
        return readRoles(policiesFolder());
      }
      throw error;
    }
  };
  const rows = told(read);
  await CasbinOperationDecision.load(readModel(policiesFolder()), rows);
}

function findingsOf(
  name: string,
  rule: PolicyRule,
  { guardrails }: PolicyTexts,
): readonly string[] {
  const denies = guardrails.filter(({ action }) => action === rule.action);
  const about = `${name} ${rule.action} ${rule.datasetId ?? ''}`;
  try {
    const all = denies.map(({ condition }) => condition);
    const finding = findingOf({ allow: rule.condition, denies: all });
    if (finding === undefined) {
      return [];
    }
    const by = denies.filter(
      ({ condition }) => findingOf({ allow: rule.condition, denies: [condition] }) === 'shadowed',
    );
    const whose = by.map(({ guardrailId }) => guardrailId ?? '').join(', ');
    return [`${about}: ${finding}${whose === '' ? '' : ` by ${whose}`}`];
  } catch (error) {
    if (isConcordatError(error, 'condition_unanalysable')) {
      return [`${about}: condition_unanalysable`];
    }
    throw error;
  }
}

function warningsOf({ guardrails }: PolicyTexts): readonly string[] {
  return guardrails.flatMap((rule) => {
    const others = guardrails
      .filter(({ action, id }) => action === rule.action && id !== rule.id)
      .map(({ condition }) => condition);
    return isShadowedDeny(rule.condition, others)
      ? [`warning: ${rule.id} keeps nobody out whom others let in`]
      : [];
  });
}
