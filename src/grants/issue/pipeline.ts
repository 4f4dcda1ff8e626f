import { accreditationValid } from './checks/accreditation-valid.js';
import { affiliationLive } from './checks/affiliation-live.js';
import { agreementActive } from './checks/agreement-active.js';
import { auditLogMoving } from './checks/audit-log-moving.js';
import { authLevelMet } from './checks/auth-level-met.js';
import { callerAuthenticated } from './checks/caller-authenticated.js';
import { datasetAvailable } from './checks/dataset-available.js';
import { deliveryModeFits } from './checks/delivery-mode-fits.js';
import { idempotencyKeyFree } from './checks/idempotency-key-free.js';
import { keyBound } from './checks/key-bound.js';
import { locationValid } from './checks/location-valid.js';
import { noLiveTwin } from './checks/no-live-twin.js';
import { organisationChecksValid } from './checks/organisation-checks-valid.js';
import { personActive } from './checks/person-active.js';
import { policyAllows } from './checks/policy-allows.js';
import { policyFresh } from './checks/policy-fresh.js';
import { requestApproved } from './checks/request-approved.js';
import { requestVisible } from './checks/request-visible.js';
import { storeProven } from './checks/store-proven.js';
import { trainingValid } from './checks/training-valid.js';
import { undertakingCurrent } from './checks/undertaking-current.js';
import { windowOpen } from './checks/window-open.js';
import { withinRate } from './checks/within-rate.js';
import type { PublicFields } from '../../kernel/errors.js';
import type { IssueCheck, IssueContext } from './issue-context.js';

/** Every check of an issue, in order; the first that fails refuses it with its code (grants-and-delivery section 1). */
export const ISSUE_CHECKS: readonly IssueCheck[] = [
  callerAuthenticated,
  withinRate,
  idempotencyKeyFree,
  requestVisible,
  requestApproved,
  personActive,
  affiliationLive,
  accreditationValid,
  trainingValid,
  organisationChecksValid,
  agreementActive,
  undertakingCurrent,
  authLevelMet,
  keyBound,
  datasetAvailable,
  locationValid,
  storeProven,
  deliveryModeFits,
  windowOpen,
  noLiveTwin,
  auditLogMoving,
  policyFresh,
  policyAllows,
];

/** Before the transaction: who calls and how often. Failures are counted, not recorded one by one. */
export const CALLER_CHECKS = ISSUE_CHECKS.slice(0, 2);
/** The transaction's first step, when a key comes that was seen before. */
export const KEY_CHECKS = ISSUE_CHECKS.slice(2, 3);
/** Before anything is said of the request: whose it is. */
export const SIGHT_CHECKS = ISSUE_CHECKS.slice(3, 4);
/** At issue, and again at each refresh: everything that rows and policy say of it. */
export const STANDING_CHECKS = ISSUE_CHECKS.slice(4);

/** A check that failed, with what the caller may know. */
export interface Failure {
  readonly check: IssueCheck;
  readonly fields: PublicFields;
}

/** The first check that fails. @param context as far as these checks read it. */
export function firstFailure(
  checks: readonly IssueCheck[],
  context: Partial<IssueContext>,
): Failure | undefined {
  for (const check of checks) {
    const result = check.check(context as IssueContext);
    if (result !== true) {
      return { check, fields: result };
    }
  }
  return undefined;
}
