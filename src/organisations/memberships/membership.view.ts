import type { Role } from '../../identity/roles.js';
import type { ProposedView } from '../approvals/approvals.service.js';
import type { MemberRow } from './memberships.repository.js';

/** A role that waits for a second person. */
export interface ProposedRole extends ProposedView {
  readonly role: Role;
}

/** A membership, and the roles that wait for a second person. */
export interface MembershipView extends MemberRow {
  readonly approvals: readonly ProposedRole[];
}
