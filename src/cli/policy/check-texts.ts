import { ruleSetOf } from '../../analysis/diff/rule-set.rules.js';
import { blameOf } from '../../policy/analysis/blame.js';
import { findingOf, isShadowedDeny } from '../../policy/analysis/findings.js';
import { isConcordatError } from '../../kernel/errors.js';
import { OPERATION_SCOPES } from '../../identity/operation-decision.js';
import { OPERATIONS } from '../../identity/operations.js';
import { CasbinOperationDecision } from '../../policy/engine/operation-decision.casbin.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { readModel, readRoles, type RoleRow } from '../../policy/storage/policy-files.js';
import { attempt, attemptLater } from './read-text.js';
import type { PolicyTexts } from './policy-folder.js';

/** What a check says: a finding fails it, a warning does not. */
export interface Told {
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
}

/** @throws UsageError when roles.csv or the model is none */
export async function checkTexts(texts: PolicyTexts): Promise<Told> {
  const { homes, guardrails, fixtures } = texts;
  const rows = attempt('roles.csv', () => readRoles(homes['roles.csv']));
  await attemptLater('model.conf', () =>
    CasbinOperationDecision.load(readModel(homes['model.conf']), rows),
  );
  const agreements = [...fixtures.values()].flatMap(({ name, rules }) =>
    rules.flatMap((rule) => findingsOf(name, rule, guardrails)),
  );
  return {
    findings: [...coveredRows(rows), ...agreements],
    warnings: [...unusedOperations(rows), ...shadowedDenies('guardrails.csv', guardrails)],
  };
}

/** What an allow rule is worth beside the deny rules of its action and dataset, in one line when it is nothing. */
function findingsOf(
  name: string,
  rule: PolicyRule,
  denyRules: readonly PolicyRule[],
): readonly string[] {
  const beside = denyRules.filter(
    ({ action, datasetId }) =>
      action === rule.action && (datasetId === null || datasetId === rule.datasetId),
  );
  const about = `${name}: ${rule.action} ${rule.datasetId ?? ''}`;
  const set = ruleSetOf([rule, ...beside]);
  try {
    const finding = findingOf(set);
    if (finding === undefined) {
      return [];
    }
    const { clauses, denies } = blameOf(set);
    const by = denies.map((place) => beside[place]?.guardrailId ?? '').join(', ');
    return [`${about} is ${finding}${by === '' ? '' : ` by ${by}`}: ${clauses.join(', ')}`];
  } catch (error) {
    if (isConcordatError(error, 'condition_unanalysable')) {
      return [`${about} is too wide to analyse (condition_unanalysable)`];
    }
    throw error;
  }
}

/** Deny rules that fire only where others do. */
function shadowedDenies(name: string, denyRules: readonly PolicyRule[]): readonly string[] {
  return denyRules.flatMap((rule) => {
    const others = denyRules
      .filter(({ action, id }) => action === rule.action && id !== rule.id)
      .filter(({ datasetId }) => datasetId === null || datasetId === rule.datasetId)
      .map(({ condition }) => condition);
    const where = [rule.guardrailId, rule.action, rule.datasetId].filter((part) => part !== null);
    try {
      return isShadowedDeny(rule.condition, others)
        ? [`${name}: ${where.join(' ')} is shadowed: others deny all that it denies`]
        : [];
    } catch (error) {
      if (isConcordatError(error, 'condition_unanalysable')) {
        return [`${name}: ${where.join(' ')} is too wide to analyse (condition_unanalysable)`];
      }
      throw error;
    }
  });
}

// A row that another makes pointless is a mistake in one of the two.
function coveredRows(rows: readonly RoleRow[]): readonly string[] {
  return rows.flatMap((row) => {
    const by = rows.find((other) => other !== row && covers(other, row));
    const words = ({ role, operation, scope, effect }: RoleRow): string =>
      [role, operation, scope, effect].join(' ');
    return by ? [`roles.csv: ${words(row)} is shadowed by ${words(by)}`] : [];
  });
}

function covers(wide: RoleRow, row: RoleRow): boolean {
  const reach = ({ scope }: RoleRow): number => OPERATION_SCOPES.indexOf(scope);
  const isSame = wide.role === row.role && wide.operation === row.operation;
  const isWider = reach(wide) >= reach(row);
  return isSame && isWider && (wide.effect === 'deny' || row.effect === 'allow');
}

function unusedOperations(rows: readonly RoleRow[]): readonly string[] {
  const used = new Set(rows.filter(({ effect }) => effect === 'allow').map((row) => row.operation));
  return OPERATIONS.filter((operation) => !used.has(operation)).map(
    (operation) => `roles.csv: nobody may ${operation}`,
  );
}
