import type { BearerIdentity } from './bearer-token.js';
import type { Operation } from './operations.js';
import type { AuthenticatedIdentity } from './principal.js';

/** Clients of service accounts authenticate to the provider by `private_key_jwt` (grants-and-delivery section 3). */
const SERVICE_LEVEL = 2;

/**
 * What programs do: they look after data and stores, and fetch what their accountable person may. A list of what they may, so
 * that an operation that is new is not theirs. They neither sign nor decide, nor open what was closed.
 */
export const SERVICE_SCOPES: readonly Operation[] = [
  'organisation:read',
  'store:read',
  'store:probe',
  'store:rotate',
  'dataset:register',
  'dataset:read',
  'dataset:update',
  'dataset:publish',
  'dataset:seal',
  'dataset:freeze',
  'grant:issue',
  'grant:read',
  'grant:refresh',
  'grant:revoke',
];

/** True for a token that a client got for itself: its subject is the client (RFC 9068 section 2.2). */
export function isOfClientItself({ subject, clientId }: BearerIdentity): boolean {
  return subject === clientId;
}

/**
 * A program, before it is known whose.
 * @returns undefined for a token with signs of a sign-in: it could be a person's with that subject, so it is nobody's.
 */
export function programIdentity(bearer: BearerIdentity): AuthenticatedIdentity | undefined {
  const { issuer, subject, clientId, acr, authenticatedAt } = bearer;
  if (acr !== null || authenticatedAt !== null) {
    return undefined;
  }
  return {
    issuer,
    subject,
    clientId,
    authLevel: SERVICE_LEVEL,
    acr: null,
    amr: [],
    authenticatedAt: null,
    via: 'bearer',
    scopes: SERVICE_SCOPES,
  };
}
