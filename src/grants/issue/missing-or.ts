import type { Held } from '../../requests/access-facts.js';
import { missing } from '../grant.rules.js';
import type { CheckResult } from './issue-context.js';

/** Passes when everything required is held; else names what is missing and the clause that asks for it. */
export function missingOr(
  required: readonly string[],
  held: readonly Held[],
  clause: string,
): CheckResult {
  const lacking = missing(required, held);
  return lacking.length === 0 || { clause, missing: lacking };
}
