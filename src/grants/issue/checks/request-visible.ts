import type { Principal } from '../../../identity/principal.js';
import { failed, type IssueCheck } from '../issue-context.js';

/**
 * The access request is there, and the caller’s own: a grant has one holder. A program acts for its accountable person, in
 * its organisation alone.
 */
export const requestVisible: IssueCheck = {
  name: 'requestVisible',
  code: 'not_found',
  check: ({ principal, requesterId, requestedIn }) => {
    const isTheirs = requesterId !== undefined && requesterId === principal?.personId;
    return (isTheirs && (principal.kind === 'person' || isIn(principal, requestedIn))) || failed;
  },
};

function isIn({ memberships }: Principal, id: string | undefined): boolean {
  return memberships.some(({ organisationId }) => organisationId === id);
}
