import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { hasLeft, isJoining } from '../parties/party-lifecycle.rules.js';
import { moveVersion } from './version-lifecycle.rules.js';

const MAX_AUTH_AGE_SECONDS = 300;
/** How far ahead of ours a provider's clock may be. */
const SKEW_SECONDS = 30;
const MIN_AUTH_LEVEL = 2;

/** The reason that an act needs. @throws ConcordatError `input_invalid` without one. */
export function requireReason(reason: string | undefined): string {
  if (reason === undefined) {
    throw new ConcordatError('input_invalid', {
      errors: [{ pointer: '/reason', reason: 'is required' }],
    });
  }
  return reason;
}

/**
 * An answer is to the content that was read.
 * @throws ConcordatError `input_invalid` when the caller does not say what that was, `signoff_stale` when other content
 * stands now.
 */
export function requireSameHash({ versionHash }: AgreementVersion, read: string | undefined): void {
  if (read === undefined) {
    throw new ConcordatError('input_invalid', {
      errors: [{ pointer: '/versionHash', reason: 'must be the hash of what was read' }],
    });
  }
  if (read !== versionHash) {
    throw new ConcordatError('signoff_stale', {
      currentHash: versionHash,
      errors: [{ pointer: '/versionHash', reason: 'is not the hash of what stands now' }],
    });
  }
}

/** R3.7: signed in again, with two factors, in the last five minutes. @throws ConcordatError `step_up_required` */
export function requireStepUp({ authenticatedAt, authLevel }: Principal, now: Date): Date {
  const age = authenticatedAt === null ? NaN : (now.getTime() - authenticatedAt.getTime()) / 1000;
  const isRecent = age >= -SKEW_SECONDS && age <= MAX_AUTH_AGE_SECONDS;
  if (authenticatedAt === null || !isRecent || authLevel < MIN_AUTH_LEVEL) {
    throw new ConcordatError('step_up_required', {
      maxAgeSeconds: MAX_AUTH_AGE_SECONDS,
      authLevel: MIN_AUTH_LEVEL,
    });
  }
  return authenticatedAt;
}

/** R3.8: who wrote a version does not sign it. @throws ConcordatError `signoff_by_editor` */
export function requireNotEditor({ personId }: Principal, { editors }: AgreementVersion): void {
  if (editors.includes(personId)) {
    throw new ConcordatError('signoff_by_editor');
  }
}

/**
 * A founding party answers while its version is prepared. One that accedes answers to the version in force, or, while the
 * next one gathers signatures, to that.
 * @throws ConcordatError `transition_not_allowed`
 */
export function requireAnswerable(
  { status }: AgreementVersion,
  party: Party,
  act: 'accept' | 'sign',
): void {
  if (hasLeft(party.status)) {
    throw new ConcordatError('transition_not_allowed', { status: party.status, act });
  }
  const isAcceding = !party.isFounding && status === 'active' && isJoining(party.status);
  const isCatchingUp = !party.isFounding && status === 'awaiting_signature' && act === 'accept';
  if (!isAcceding && !isCatchingUp) {
    moveVersion(status, act);
  }
}
