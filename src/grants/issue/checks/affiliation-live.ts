import { londonDay } from '../../../kernel/london-day.js';
import { failed, type IssueCheck } from '../issue-context.js';

/** The person is a live researcher of the organisation, and a member of an active project that has begun. */
export const affiliationLive: IssueCheck = {
  name: 'affiliationLive',
  code: 'affiliation_ended',
  check: ({ facts: { affiliation, project }, now }) => {
    if (affiliation === null || !project.isMember || project.status !== 'active') {
      return failed;
    }
    const { startsOn } = project;
    return startsOn <= londonDay(now) || { detail: `The project starts on ${startsOn}.` };
  },
};
