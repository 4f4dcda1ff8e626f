import { readFileSync } from 'node:fs';
import { isConcordatError } from '../../kernel/errors.js';
import { ACTIONS } from '../attributes.js';
import type { Condition } from '../condition.js';
import { GUARDRAIL_ID, MAX_BUCKET, type GuardrailText } from '../guardrail.js';
import { readPolicyCsv } from './csv.js';
import { parseCondition } from '../parse-condition.js';
import { OPERATION_SCOPES, type OperationScope } from '../../identity/operation-decision.js';
import { OPERATIONS, type Operation } from '../../identity/operations.js';
import { ROLES, type Role } from '../../identity/roles.js';

export interface RoleRow {
  readonly role: Role;
  readonly operation: Operation;
  readonly scope: OperationScope;
  readonly effect: 'allow' | 'deny';
}

export interface GuardrailRow extends GuardrailText {
  readonly id: string;
}

/** Where the reviewed texts lie: a URL ending in `/`. */
export const PoliciesFolder = Symbol('PoliciesFolder');

/** The reviewed texts in `policies/`: beside `src` in a checkout, beside `dist` in an image. */
export function policiesFolder(): URL {
  const isBuilt = import.meta.url.includes('/dist/src/');
  return new URL(isBuilt ? '../../../../policies/' : '../../../policies/', import.meta.url);
}

export function readModel(folder: URL): string {
  return readFileSync(new URL('model.conf', folder), 'utf8');
}

/** @throws Error for an unknown role, operation, scope or effect, or a row given twice: the boot stops. */
export function readRoles(folder: URL): readonly RoleRow[] {
  const seen = new Set<string>();
  return readPolicyCsv(new URL('roles.csv', folder), ['role', 'operation', 'scope', 'effect']).map(
    (row) => {
      const key = Object.values(row).join();
      if (seen.has(key)) {
        throw new Error(`roles.csv says ${key} twice`);
      }
      seen.add(key);
      return {
        role: known(ROLES, row.role, 'roles.csv: role'),
        operation: known(OPERATIONS, row.operation, 'roles.csv: operation'),
        scope: known(OPERATION_SCOPES, row.scope, 'roles.csv: scope'),
        effect: known(['allow', 'deny'] as const, row.effect, 'roles.csv: effect'),
      };
    },
  );
}

/**
 * The guardrails of the first boot; later the database rules.
 * @throws Error for a malformed row, an id or action given twice, or too many for one action: the boot stops.
 */
export function readGuardrails(folder: URL): readonly GuardrailRow[] {
  const rows = readRows(folder);
  const ids = new Set(rows.map(({ id }) => id));
  if (rows.length === 0) {
    throw new Error('guardrails.csv has no guardrail');
  }
  if (ids.size < rows.length) {
    throw new Error('guardrails.csv gives an id twice');
  }
  for (const action of ACTIONS) {
    if (rows.filter(({ actions }) => actions.includes(action)).length > MAX_BUCKET) {
      throw new Error(`guardrails.csv has more than ${String(MAX_BUCKET)} rules for ${action}`);
    }
  }
  return rows;
}

function readRows(folder: URL): readonly GuardrailRow[] {
  return readPolicyCsv(new URL('guardrails.csv', folder), [
    'id',
    'actions',
    'condition',
    'message',
  ]).map(({ id, actions, condition, message }) => {
    if (!GUARDRAIL_ID.test(id)) {
      throw new Error(`guardrails.csv: ${id} is no guardrail id`);
    }
    const named = actions
      .split(' ')
      .map((action) => known(ACTIONS, action, `guardrails.csv ${id}`));
    if (new Set(named).size < named.length) {
      throw new Error(`guardrails.csv ${id} names an action twice`);
    }
    if (message.trim() === '') {
      throw new Error(`guardrails.csv ${id} has no message`);
    }
    return { id, actions: named, condition: readCondition(id, condition), message };
  });
}

function readCondition(id: string, text: string): Condition {
  try {
    return parseCondition(JSON.parse(text));
  } catch (error) {
    const [fault] = isConcordatError(error) ? (error.fields.errors ?? []) : [];
    const why = fault ? `: ${fault.pointer} ${fault.reason}` : '';
    throw new Error(`guardrails.csv ${id} has a condition that does not parse${why}`, {
      cause: error,
    });
  }
}

function known<T extends string>(values: readonly T[], text: string, where: string): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) {
    throw new Error(`${where} ${text} is unknown`);
  }
  return value;
}
