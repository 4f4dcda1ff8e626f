import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { AgreementVersion } from '../agreement.types.js';
import { standingsOf } from '../lifecycle/standing.js';
import { SIGNED_PDF } from '../terms/terms-attachments.rules.js';
import type { DraftTerms } from '../terms/terms.types.js';

/** SHA-256 of the paper that was signed, in hexadecimal. */
export function paperDigest({ attachments = [] }: DraftTerms): string | undefined {
  return attachments.find(({ kind }) => kind === SIGNED_PDF)?.sha256;
}

/**
 * R3.22: only what says so was signed outside; its content is frozen, and nobody has vouched for it yet.
 * @throws ConcordatError `transition_not_allowed` (409) otherwise.
 */
export function requireAttestable({ terms, status, ...agreement }: AgreementVersion): void {
  const isOutside = terms.signing === 'signed_outside';
  if (!isOutside || agreement.versionHash === null || agreement.attestation !== null) {
    throw new ConcordatError('transition_not_allowed', {
      status: agreement.attestation === null ? status : 'attested',
      act: 'attest',
      signing: terms.signing ?? null,
    });
  }
}

/** The signatory of the lead speaks first, its dpo second. @throws ConcordatError `operation_denied` to all others. */
export function requireLead(
  principal: Principal,
  agreement: AgreementVersion,
  standing: 'lead_signatory' | 'lead_dpo',
): void {
  if (!standingsOf(principal, agreement).has(standing)) {
    throw new ConcordatError('operation_denied', { act: 'attest', standing });
  }
}
