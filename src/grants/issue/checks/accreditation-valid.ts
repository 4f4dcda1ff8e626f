import { missingOr } from '../missing-or.js';
import type { IssueCheck } from '../issue-context.js';

/** Every accreditation the agreement asks for is verified and unexpired. */
export const accreditationValid: IssueCheck = {
  name: 'accreditationValid',
  code: 'accreditation_lapsed',
  check: ({ facts }) =>
    missingOr(facts.agreement.terms.accreditations, facts.person.accreditations, '/accreditations'),
};
