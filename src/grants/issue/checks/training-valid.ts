import { missingOr } from '../missing-or.js';
import type { IssueCheck } from '../issue-context.js';

/** Every training the agreement asks for is unexpired. */
export const trainingValid: IssueCheck = {
  name: 'trainingValid',
  code: 'training_lapsed',
  check: ({ facts }) =>
    missingOr(facts.agreement.terms.trainings, facts.person.trainings, '/trainings'),
};
