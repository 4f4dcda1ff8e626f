import type { Role } from '../../identity/roles.js';
import { ConcordatError } from '../../kernel/errors.js';

/**
 * Roles that an organisation's own data owners give and take. Who reviews, binds or watches what data owners do is appointed
 * by the operator (ADR 0055).
 */
const DELEGATED_ROLES: readonly Role[] = ['researcher', 'data_owner'];

/**
 * @param mayAppoint whether the caller may give and take any role.
 * @throws ConcordatError `operation_denied` (403) naming the roles that are not theirs to give or take.
 */
export function checkAppointment(roles: readonly Role[], mayAppoint: boolean): void {
  const beyond = roles.filter((role) => !DELEGATED_ROLES.includes(role));
  if (!mayAppoint && beyond.length > 0) {
    const detail = 'The operator’s administrators give and take these roles.';
    throw new ConcordatError('operation_denied', { roles: beyond, detail });
  }
}
