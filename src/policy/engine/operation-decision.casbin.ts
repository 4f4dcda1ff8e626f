import { EnforceContext, newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import {
  OPERATION_SCOPES,
  type OperationDecision,
  type OperationQuestion,
} from '../../identity/operation-decision.js';
import type { Operation } from '../../identity/operations.js';
import type { Role } from '../../identity/roles.js';
import { loadModel } from './model-fault.js';
import type { RoleRow } from '../storage/policy-files.js';

/** Operations by role: Casbin over `policies/roles.csv`. */
export class CasbinOperationDecision implements OperationDecision {
  // The table is fixed at boot, so an answer is too; the questions are as few as the rows.
  private readonly answers = new Map<string, boolean>();
  private readonly context = new EnforceContext('r2', 'p2', 'e2', 'm2');

  private constructor(private readonly enforcer: Enforcer) {}

  /**
   * @param model the text of `policies/model.conf`; @param rows the rows of `policies/roles.csv`.
   * @throws Error when the text is no model, or not this one: the boot stops.
   */
  static async load(model: string, rows: readonly RoleRow[]): Promise<CasbinOperationDecision> {
    return loadModel(async () => {
      checkOperationModel(await CasbinOperationDecision.over(model, PROBE_ROWS));
      return CasbinOperationDecision.over(model, rows);
    });
  }

  private static async over(
    model: string,
    rows: readonly RoleRow[],
  ): Promise<CasbinOperationDecision> {
    const enforcer = await newEnforcer(newModelFromString(model));
    await enforcer.addFunction('holds', () => false);
    await enforcer.addFunction('holdsRole', (roles: readonly string[], role: string) =>
      roles.includes(role),
    );
    await enforcer.addFunction('covers', coversScope);
    for (const { role, operation, scope, effect } of rows) {
      await enforcer.addNamedPolicy('p2', role, operation, scope, effect);
    }
    return new CasbinOperationDecision(enforcer);
  }

  /** Anything but a plain `true` is a refusal. */
  allows({ roles, operation, scope }: OperationQuestion): boolean {
    const held = [...new Set(roles)].sort();
    // JSON, because joined names could read as other names (policy section 8, CachedEnforcer).
    const key = JSON.stringify([operation, scope, held]);
    const known = this.answers.get(key);
    if (known !== undefined) {
      return known;
    }
    const answer: unknown =
      held.length > 0 && this.enforcer.enforceSync(this.context, held, operation, scope);
    this.answers.set(key, answer === true);
    return answer === true;
  }

  /** Every scope covers `own`, so a row of any scope answers. */
  holdsAnywhere(roles: readonly Role[], operation: Operation): boolean {
    return this.allows({ roles, operation, scope: 'own' });
  }
}

function coversScope(granted: string, asked: string): boolean {
  const scopes: readonly string[] = OPERATION_SCOPES;
  return scopes.includes(asked) && scopes.indexOf(granted) >= scopes.indexOf(asked);
}

const operation = 'agreement:draft';
const PROBE_ROWS: readonly RoleRow[] = [
  { role: 'data_owner', operation, scope: 'organisation', effect: 'allow' },
  { role: 'dpo', operation, scope: 'platform', effect: 'deny' },
  // A row that readRoles refuses: the model refuses it too.
  { role: '' as Role, operation, scope: 'platform', effect: 'allow' },
];
const KNOWN_ANSWERS: readonly (readonly [answer: boolean, OperationQuestion])[] = [
  [true, { roles: ['data_owner'], operation, scope: 'own' }],
  [true, { roles: ['data_owner', 'signatory'], operation, scope: 'organisation' }],
  [false, { roles: ['data_owner'], operation, scope: 'platform' }],
  [false, { roles: ['data_owner'], operation: 'agreement:sign', scope: 'own' }],
  [false, { roles: ['signatory'], operation, scope: 'own' }],
  [false, { roles: ['data_owner', 'dpo'], operation, scope: 'own' }],
  [false, { roles: ['dpo'], operation, scope: 'own' }],
  [false, { roles: ['' as Role], operation, scope: 'own' }],
];

// Casbin takes almost any text for a model: a lost line or an edited effect would show first in a wrong decision.
function checkOperationModel(probe: CasbinOperationDecision): void {
  if (KNOWN_ANSWERS.some(([answer, question]) => probe.allows(question) !== answer)) {
    throw new Error('it does not decide operations as it must');
  }
}
