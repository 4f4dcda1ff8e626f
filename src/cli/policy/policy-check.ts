import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { isConcordatError } from '../../kernel/errors.js';
import { findingOf, isShadowedDeny } from '../../policy/analysis/findings.js';
import { CasbinOperationDecision } from '../../policy/engine/operation-decision.casbin.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { policiesFolder, readModel, readRoles } from '../../policy/storage/policy-files.js';
import { UsageError } from '../usage-error.js';
import { readPolicyTexts, told, type PolicyTexts } from './policy-folder.js';

/**
 * `concordat policy check [folder]`: the texts parse, and each rule of the agreements in `tests/fixtures` lets somebody in
 * and each guardrail keeps somebody out.
 * @returns the exit code: 0 without a finding, 1 with one. A guardrail that others stand for is told and is none.
 * @throws UsageError for a text that is none.
 */
export async function policyCheck(
  args: readonly string[],
  say: (line: string) => void,
): Promise<0 | 1> {
  const [folder, ...rest] = args;
  if (rest.length > 0 || folder?.startsWith('-') === true) {
    throw new UsageError('Usage: concordat policy check [folder]');
  }
  const texts = await readPolicyTexts(folder);
  await checkRoles(folder);
  const findings = [...texts.fixtures.values()].flatMap(({ name, rules }) =>
    rules.flatMap((rule) => findingsOf(name, rule, texts)),
  );
  findings.forEach(say);
  warningsOf(texts).forEach(say);
  const checked = `${String(texts.fixtures.size)} agreements, ${String(texts.guardrails.length)} guardrail rules`;
  say(`${checked}: ${String(findings.length)} findings`);
  return findings.length === 0 ? 0 : 1;
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
