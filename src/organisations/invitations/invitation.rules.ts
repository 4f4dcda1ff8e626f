import { createHash, randomBytes } from 'node:crypto';
import { ConcordatError } from '../../kernel/errors.js';
import { endOfDay } from '../../kernel/london-day.js';

const TOKEN = /^cdi_[\w-]{43}$/;
const SECRET_BYTES = 32;
const LASTS_MS = 14 * 24 * 3_600_000;

export type InvitationStatus = 'open' | 'accepted' | 'withdrawn' | 'expired';

/** A new token: 256 random bits, so its plain digest is enough to keep. The prefix is for scanners for leaked secrets. */
export function newInvitationToken(): string {
  return `cdi_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** @returns undefined for text that cannot be the token of an invitation. */
export function invitationDigest(token: string): Buffer | undefined {
  return TOKEN.test(token) ? createHash('sha256').update(token).digest() : undefined;
}

/** R10.1: an invitation lasts 14 days, and no longer than the membership that it is for. */
export function invitationExpiry(now: Date, endsOn: string | null): Date {
  const last = new Date(now.getTime() + LASTS_MS);
  const end = endsOn === null ? last : endOfDay(endsOn);
  return end < last ? end : last;
}

interface Ending {
  readonly status: InvitationStatus;
  readonly expiresAt: Date;
}

/** An invitation expires by its date alone: no job has to say so (R3.25). */
export function stateAt({ status, expiresAt }: Ending, now: Date): InvitationStatus {
  return status === 'open' && expiresAt.getTime() <= now.getTime() ? 'expired' : status;
}

/** @throws ConcordatError `invitation_ended` (410) saying how. */
export function requireOpen(invitation: Ending, now: Date): void {
  const status = stateAt(invitation, now);
  if (status !== 'open') {
    throw new ConcordatError('invitation_ended', { invitation: status });
  }
}

/**
 * The token shows that somebody read the mailbox, and the sign-in who they are. When the provider names an address, it is the
 * one that was invited: a link that went astray lets nobody else in.
 * @throws ConcordatError `invitation_of_another` (403)
 */
export function requireInvited(invited: string, signedInAs: string | null): void {
  if (signedInAs !== null && signedInAs.toLowerCase() !== invited.toLowerCase()) {
    throw new ConcordatError('invitation_of_another');
  }
}

/** Enough of an address for whoever has it to know it, and too little for anybody else. */
export function hintOf(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}…${email.slice(at)}`;
}
