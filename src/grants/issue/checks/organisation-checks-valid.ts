import { missingOr } from '../missing-or.js';
import type { IssueCheck } from '../issue-context.js';

/** The organisation holds every check the agreement asks for. */
export const organisationChecksValid: IssueCheck = {
  name: 'organisationChecksValid',
  code: 'organisation_check_lapsed',
  check: ({ facts }) =>
    missingOr(facts.agreement.terms.orgChecks, facts.organisation.checks, '/orgChecks'),
};
