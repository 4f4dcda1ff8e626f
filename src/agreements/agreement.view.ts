import type { Json } from '../kernel/canonical-json.js';
import { findTerm } from '../kernel/vocabulary.js';
import type { AgreementVersion, Attestation } from './agreement.types.js';
import { paperDigest } from './signed-outside/attestation.rules.js';
import type { TermsVocabularies } from './terms/terms-facts.js';
import type { Warning } from './warnings/warnings.rules.js';

/** An agreement as its participants see it. */
export interface AgreementView {
  readonly id: string;
  readonly reference: string;
  readonly version: number;
  /** The version it was made from. */
  readonly amends: number | null;
  /** `administrative` or `material` (R3.2); null for a first version, and until the content is locked. */
  readonly amendment: string | null;
  readonly revision: number;
  readonly status: string;
  readonly title: string;
  readonly organisationId: string;
  readonly versionHash: string | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  /** R3.18: as the terms say at first, then as the last completed review does. */
  readonly nextReviewOn: string | null;
  readonly nextDpiaReviewOn: string | null;
  readonly activatedAt: string | null;
  readonly endedAt: string | null;
  readonly terms: Json;
  readonly parties: readonly {
    readonly id: string;
    readonly organisationId: string;
    readonly dataRole: string;
    readonly lead: boolean;
    readonly founding: boolean;
    readonly signatoryId: string;
    readonly dpoId: string;
    readonly status: string;
    /** To this version: `none`, `reviewed` or `signed`. */
    readonly answer: string;
  }[];
  /** Notice that the agreement ends, or that a party leaves, until it takes effect or is taken back. */
  readonly notices: readonly {
    readonly id: string;
    /** `terminate`, or what happens to the party: `withdraw`, `exclude`. */
    readonly act: string;
    readonly partyId: string | null;
    /** Who gave it. */
    readonly organisationId: string;
    readonly givenAt: string;
    readonly takesEffectAt: string;
  }[];
  /** Signed outside: who vouched for the paper, and its digest (R3.22). There are no sign-offs then. */
  readonly attestation: (Attestation & { readonly paperSha256: string | null }) | null;
  /** R2.4: uses that the terms forbid and no code can prevent. */
  readonly promisedNotEnforced: readonly string[];
  /** What does not stop the agreement and its readers should know (R2.5, R2.8, overlaps). */
  readonly warnings: readonly Warning[];
  /** Who gains and who loses by this version: to be read before signing it. */
  readonly impactUrl: string;
}

export interface AgreementSummary extends Omit<
  AgreementView,
  'terms' | 'parties' | 'notices' | 'attestation' | 'promisedNotEnforced' | 'warnings' | 'impactUrl'
> {
  readonly partyOrganisationIds: readonly string[];
}

export function toView(
  agreement: AgreementVersion,
  vocabularies: TermsVocabularies,
  warnings: readonly Warning[],
): AgreementView {
  return {
    ...identify(agreement),
    terms: agreement.terms,
    parties: agreement.parties.map(({ isLead, isFounding, ...party }) => ({
      id: party.id,
      organisationId: party.organisationId,
      dataRole: party.dataRole,
      lead: isLead,
      founding: isFounding,
      signatoryId: party.signatoryId,
      dpoId: party.dpoId,
      status: party.status,
      answer: party.answer,
    })),
    notices: agreement.notices.map(({ id, act, partyId, organisationId, ...notice }) => ({
      id,
      act,
      partyId,
      organisationId,
      givenAt: new Date(notice.givenAt).toISOString(),
      takesEffectAt: new Date(notice.takesEffectAt).toISOString(),
    })),
    attestation: agreement.attestation && {
      ...agreement.attestation,
      paperSha256: paperDigest(agreement.terms) ?? null,
    },
    promisedNotEnforced: (agreement.terms.prohibitedUses ?? []).filter(
      (code) => findTerm(vocabularies.prohibitedUse, code)?.enforced === false,
    ),
    warnings,
    impactUrl: `/api/v1/agreements/${agreement.id}/impact?version=${String(agreement.version)}`,
  };
}

export function toSummary(agreement: AgreementVersion): AgreementSummary {
  return {
    ...identify(agreement),
    partyOrganisationIds: agreement.parties.map(({ organisationId }) => organisationId),
  };
}

function identify(agreement: AgreementVersion) {
  return {
    id: agreement.id,
    reference: agreement.reference,
    version: agreement.version,
    amends: agreement.amends,
    amendment: agreement.amendment,
    revision: agreement.revision,
    status: agreement.status,
    title: agreement.terms.title ?? '',
    organisationId: agreement.organisationId,
    versionHash: agreement.versionHash,
    startsAt: agreement.startsAt?.toISOString() ?? null,
    endsAt: agreement.endsAt?.toISOString() ?? null,
    nextReviewOn: agreement.nextReviewOn,
    nextDpiaReviewOn: agreement.nextDpiaReviewOn,
    activatedAt: agreement.activatedAt?.toISOString() ?? null,
    endedAt: agreement.endedAt?.toISOString() ?? null,
  };
}

/** The entity tag of what `PATCH` changes: each edit and each submission makes another. */
export function etagOf({ version, revision }: { version: number; revision: number }): string {
  return `"${String(version)}.${String(revision)}"`;
}
