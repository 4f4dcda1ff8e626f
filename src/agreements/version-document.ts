import { canonicalDigest, canonicalJson, type Json } from '../kernel/canonical-json.js';
import type { AgreementTerms, DraftTerms } from './terms/terms.types.js';

/** What identifies a version inside its document. */
interface VersionIdentity {
  readonly agreementId: string;
  readonly reference: string;
  readonly version: number;
}

/** The content that is reviewed and signed, and its digest; status and sign-offs stay outside (R2.1). */
interface VersionDocument {
  /** Canonical JSON, RFC 8785. */
  readonly text: string;
  /** `sha-256:` and 64 hexadecimal digits. */
  readonly hash: string;
}

/** R2.1, R2.7: identity, terms and the editions of the vocabularies they were written in. */
export function versionDocument(
  identity: VersionIdentity,
  terms: AgreementTerms,
  vocabularies: Readonly<Record<string, string>>,
): VersionDocument {
  const document = { ...identity, ...terms, vocabularies } as unknown as Json;
  return { text: canonicalJson(document), hash: canonicalDigest(document) };
}

/** The digest of terms that are still a draft, for events. */
export function draftHash(terms: DraftTerms): string {
  return canonicalDigest(terms);
}
