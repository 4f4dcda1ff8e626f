import type { ErrorCode, PublicFields } from '../../kernel/errors.js';
import type { Decision } from '../../policy/decision.js';
import type { Principal } from '../../identity/principal.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import type { DeliveryMode } from '../delivery-modes.rules.js';

/** What the checks of an issue look at. Filled in steps; each check reads only what its step has. */
export interface IssueContext {
  readonly principal: Principal | undefined;
  readonly now: Date;
  readonly isWithinRate: boolean;
  readonly isKeyMismatched: boolean;
  /** The grant being refreshed; undefined when one is issued. */
  readonly refreshes: string | undefined;
  /** The key that the grant being refreshed is bound to. */
  readonly boundTo: string | null;
  readonly asked: { readonly delivery?: string | undefined };
  /** Whose request it is; undefined when there is none. */
  readonly requesterId: string | undefined;
  /** Of the project member who asked: in which organisation. */
  readonly requestedIn: string | undefined;
  readonly facts: AccessFacts;
  readonly endpointFault: string | undefined;
  readonly delivery: DeliveryMode | undefined;
  /** The earliest of all that bounds the grant; of a refresh never later than the grant's own end. */
  readonly expiresAt: Date;
  /** False for a grant whose byte budget is used up. */
  readonly isBudgetLeft: boolean;
  /** Made at the policy version that the transaction saw, unless the node could not load it. */
  readonly decision: Decision | undefined;
}

/** Passed, or failed with what the caller may know. */
export type CheckResult = true | PublicFields;

/** One check of the issue pipeline: one reason not to grant, with one code. Pure. */
export interface IssueCheck {
  readonly name: string;
  readonly code: ErrorCode;
  readonly check: (context: IssueContext) => CheckResult;
}

/** Fails without saying more than the code does. */
export const failed: PublicFields = {};
