import type { Operation } from './operations.js';
import type { Role } from './roles.js';

/** How far a permission reaches: `own` ⊂ `organisation` ⊂ `platform`. */
export const OPERATION_SCOPES = ['own', 'organisation', 'platform'] as const;
export type OperationScope = (typeof OPERATION_SCOPES)[number];

export interface OperationQuestion {
  readonly roles: readonly Role[];
  readonly operation: Operation;
  /** The narrowest relation of the caller to the resource; a permission covers its scope and narrower ones. */
  readonly scope: OperationScope;
}

/** May these roles do this? Implemented in policy/, bound in app.module.ts: no import runs upward. */
export interface OperationDecision {
  allows(question: OperationQuestion): boolean;
  /** True when some resource exists on which these roles may do it: for menus and for routes before a load. */
  holdsAnywhere(roles: readonly Role[], operation: Operation): boolean;
}
export const OperationDecision = Symbol('OperationDecision');
