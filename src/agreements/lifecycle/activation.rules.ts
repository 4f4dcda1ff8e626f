import type { AgreementVersion, Party } from '../agreement.types.js';
import { isOverByNotice, isReviewOverdue } from './as-of.rules.js';
import { hasLeft } from '../parties/party-lifecycle.rules.js';

/** Who must sign before a version comes into force: its founding parties; of an administrative amendment, the lead (R3.2). */
function requiredSigners({ parties, amendment }: AgreementVersion): readonly Party[] {
  return parties.filter(({ isFounding, isLead }) =>
    amendment === 'administrative' ? isLead : isFounding,
  );
}

/** It has signed this version, or its paper was attested (R3.22). */
export function hasAgreed({ answer }: Party): boolean {
  return answer === 'signed' || answer === 'attested';
}

/**
 * All who must have signed, the version has started and not ended, and the version that it amends does not stand in the
 * way: a suspended one blocks it (R3.3), and after the end of one only what everybody signed anew goes on.
 * @param base the version that it amends; undefined for the first.
 */
export function isDue(
  agreement: AgreementVersion,
  base: AgreementVersion | undefined,
  now: Date,
): boolean {
  const { status, startsAt, endsAt } = agreement;
  const signers = requiredSigners(agreement);
  return (
    status === (agreement.attestation ? 'draft' : 'awaiting_signature') &&
    signers.length > 0 &&
    signers.every((party) => hasAgreed(party) && !hasLeft(party.status)) &&
    startsAt !== null &&
    startsAt <= now &&
    endsAt !== null &&
    now < endsAt &&
    lets(base, agreement, now)
  );
}

function lets(
  base: AgreementVersion | undefined,
  { amendment }: AgreementVersion,
  now: Date,
): boolean {
  switch (base?.status) {
    case undefined:
      return true;
    case 'active':
      // What notice has ended takes the next version along, and what is suspended blocks it, also before the sweep has
      // written that.
      return !isOverByNotice(base, now) && !isReviewOverdue(base, now);
    case 'expired':
    case 'terminated':
      return amendment === 'material';
    default:
      return false;
  }
}
