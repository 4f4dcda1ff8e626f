import type { DatesOf } from './coming-date.js';
import { OF_ACCESS_REQUESTS, OF_GRANTS, OF_PROJECTS } from './of-access.js';
import {
  OF_AGREEMENT_ENDS,
  OF_AGREEMENT_REVIEWS,
  OF_ASSESSMENTS,
  OF_DPIA_REVIEWS,
} from './of-agreements.js';
import { OF_CHECKS, OF_STORE_CREDENTIALS } from './of-organisations.js';
import {
  OF_ACCREDITATIONS,
  OF_AFFILIATIONS,
  OF_DELEGATIONS,
  OF_ROLES,
  OF_TRAININGS,
} from './of-people.js';

/** What somebody is reminded of (R3.17). */
export const REMINDED_DATES = [
  OF_ACCREDITATIONS,
  OF_TRAININGS,
  OF_AFFILIATIONS,
  OF_CHECKS,
  OF_PROJECTS,
  OF_AGREEMENT_ENDS,
  OF_AGREEMENT_REVIEWS,
  OF_DPIA_REVIEWS,
] as const;

/** Every date that comes up, wherever it is kept. */
export const COMING_DATES = [
  ...REMINDED_DATES,
  OF_ASSESSMENTS,
  OF_ROLES,
  OF_DELEGATIONS,
  OF_STORE_CREDENTIALS,
  OF_ACCESS_REQUESTS,
  OF_GRANTS,
] as const satisfies readonly DatesOf[];

export type DateCause = (typeof COMING_DATES)[number]['cause'];
export const DATE_CAUSES: readonly DateCause[] = COMING_DATES.map(({ cause }) => cause);
