import { failed, type IssueCheck } from '../issue-context.js';

/** The person is not suspended. */
export const personActive: IssueCheck = {
  name: 'personActive',
  code: 'person_suspended',
  check: ({ facts }) => facts.person.status === 'active' || failed,
};
