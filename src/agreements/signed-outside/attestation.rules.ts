import type { Principal } from '../../identity/principal.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import type { AgreementVersion } from '../agreement.types.js';
import { standingsOf } from '../lifecycle/standing.js';
import { SIGNED_PDF } from '../terms/terms-attachments.rules.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { amendmentKind } from '../versions/term-changes.rules.js';

/** SHA-256 of the paper that was signed, in hexadecimal. */
export function paperDigest({ attachments = [] }: DraftTerms): string | undefined {
  return attachments.find(({ kind }) => kind === SIGNED_PDF)?.sha256;
}

/** Terms to be signed anew: what was signed on paper was that, and no more. */
export function withoutPaper(terms: DraftTerms): DraftTerms {
  const { signing, attachments } = terms;
  return {
    ...terms,
    ...(signing === 'signed_outside' && { signing: 'concordat' }),
    ...(attachments && { attachments: attachments.filter(({ kind }) => kind !== SIGNED_PDF) }),
  };
}

/**
 * R3.22: the lead vouches for a paper, never against what was signed here; and a paper stands for one version, and for
 * the contacts that change after it (R3.2).
 * @param base the version that it amends; undefined for the first.
 * @param papers the digests of the papers of the versions before that came into force.
 */
export function checkPaper(
  terms: DraftTerms,
  base: AgreementVersion | undefined,
  papers: readonly string[],
): readonly FieldError[] {
  if (terms.signing !== 'signed_outside' || base === undefined) {
    return [];
  }
  if (base.attestation === null || base.parties.some(({ answer }) => answer === 'signed')) {
    const reason = 'must be concordat: the version before was signed here';
    return [{ pointer: '/signing', reason }];
  }
  const paper = paperDigest(terms);
  const isOld = paper !== undefined && papers.includes(paper);
  return isOld && amendmentKind(base.terms, terms) === 'material'
    ? [{ pointer: '/attachments', reason: 'must hold another paper than the versions before' }]
    : [];
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
