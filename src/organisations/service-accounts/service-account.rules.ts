import type { Role } from '../../identity/roles.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';

/** What a program may be: who signs, reviews, watches or runs is a person. */
export const SERVICE_ROLES = ['data_owner', 'researcher'] as const satisfies readonly Role[];
export type ServiceRole = (typeof SERVICE_ROLES)[number];

export type ServiceStatus = 'active' | 'disabled' | 'ended';
export type ServiceMove = 'enable' | 'disable' | 'end';

const SERVICE_TRANSITIONS: Readonly<
  Record<ServiceMove, { readonly from: readonly ServiceStatus[]; readonly to: ServiceStatus }>
> = {
  enable: { from: ['disabled'], to: 'active' },
  disable: { from: ['active'], to: 'disabled' },
  end: { from: ['active', 'disabled'], to: 'ended' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveService(from: ServiceStatus, move: ServiceMove): ServiceStatus {
  if (!SERVICE_TRANSITIONS[move].from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return SERVICE_TRANSITIONS[move].to;
}

/** Tokens of these clients are people's, or are called so in grant tokens. */
const CLIENT_OF_GRANTS = 'concordat-person';

/**
 * A program is a client of the provider whose tokens the broker takes, and not the one that people sign in through.
 * @throws ConcordatError `input_invalid` (422)
 */
export function checkClient(
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  oidc: { readonly issuer: string; readonly clientId: string },
): void {
  const errors: FieldError[] = [];
  if (issuer !== oidc.issuer) {
    errors.push({ pointer: '/issuer', reason: `must be ${oidc.issuer}` });
  }
  if ([oidc.clientId, CLIENT_OF_GRANTS].includes(clientId)) {
    errors.push({ pointer: '/clientId', reason: 'is a client that people use' });
  }
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}

/**
 * Whoever answers for a program can do themselves what it does.
 * @param held the roles that they hold today, themselves, in the organisation; empty for no member.
 * @throws ConcordatError `input_invalid` (422)
 */
export function checkAccountable(asked: readonly ServiceRole[], held: readonly string[]): void {
  const missing = asked.filter((role) => !held.includes(role));
  if (missing.length > 0) {
    const reason = `must be a member who holds ${missing.join(' and ')}`;
    const errors = [{ pointer: '/accountablePersonId', reason }];
    throw new ConcordatError('input_invalid', { errors });
  }
}
