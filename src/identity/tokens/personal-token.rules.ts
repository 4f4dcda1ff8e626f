import { createHash, randomBytes } from 'node:crypto';
import { ConcordatError } from '../../kernel/errors.js';
import { OPERATIONS, type Operation } from '../operations.js';

/** How a personal token begins, so that scanners for leaked secrets know one. */
export const PERSONAL_PREFIX = 'cdt_';
const TOKEN = /^cdt_[\w-]{43}$/;
const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;
const MAX_DAYS = 90;
const DEFAULT_DAYS = 30;

/**
 * What a person does in person: signs, approves, reviews, attests, decides, opens a pseudonym and makes or ends tokens. So too
 * whoever would stay longer than the token that let them in: a store's client, whose key is good long after, a member who is
 * added, invited or given a role, a program; and where a store's log is read: whoever turns that off reads unseen. New keys of the store itself
 * (`store:rotate`) are tried before they count and open nothing to who sends them: programs change those.
 */
const IN_PERSON: readonly Operation[] = [
  'agreement:sign',
  'agreement:attest',
  'agreement:review',
  'approval:approve',
  'approval:reject',
  'access_request:decide',
  'access_request:undertaking',
  'membership:invite',
  'membership:add',
  'membership:change_roles',
  'membership:hand_over',
  'service_account:register',
  'service_account:enable',
  'person:verify_accreditation',
  'closure:attest',
  'closure:verify',
  'audit:reveal',
  'alert:close',
  'store:add_client',
  'store:change_access_log',
  'token:create',
  'token:read',
  'token:revoke',
];

/** What a personal token can be good for (grants-and-delivery section 3). */
export const TOKEN_SCOPES: readonly Operation[] = OPERATIONS.filter(
  (operation) => !IN_PERSON.includes(operation),
);

/** A new token: 256 random bits, so its plain digest is enough to keep. */
export function newPersonalToken(): string {
  return PERSONAL_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

/** @returns undefined for text that cannot be a personal token. */
export function tokenDigest(token: string): Buffer | undefined {
  return TOKEN.test(token) ? createHash('sha256').update(token).digest() : undefined;
}

/**
 * When a token ends: as asked, at most 90 days from now, else after 30.
 * @throws ConcordatError `input_invalid` (422) for an end that has passed or is too far away.
 */
export function tokenExpiry(now: Date, asked: string | undefined): Date {
  const expiresAt =
    asked === undefined ? new Date(now.getTime() + DEFAULT_DAYS * DAY_MS) : new Date(asked);
  const left = expiresAt.getTime() - now.getTime();
  if (left <= 0 || left > MAX_DAYS * DAY_MS) {
    const reason = `must be in the future and at most ${String(MAX_DAYS)} days from now`;
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/expiresAt', reason }] });
  }
  return expiresAt;
}
