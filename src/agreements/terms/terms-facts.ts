import type { Vocabulary } from '../../kernel/vocabulary.js';
import type { DeclaredField } from './releases/columns.js';

/** The vocabularies that terms draw on. */
export interface TermsVocabularies {
  readonly purpose: Vocabulary;
  readonly prohibitedUse: Vocabulary;
  readonly dataClass: Vocabulary;
  readonly lawfulBasis: Vocabulary;
  readonly recognisedInterest: Vocabulary;
  readonly specialCategory: Vocabulary;
  readonly dpaSchedule1: Vocabulary;
  readonly legalGateway: Vocabulary;
  readonly confidentiality: Vocabulary;
  readonly optOut: Vocabulary;
  readonly accreditation: Vocabulary;
  readonly training: Vocabulary;
}

export interface DatasetFacts {
  readonly organisationId: string;
  readonly status: string;
  readonly kind: string;
  readonly fields: readonly DeclaredField[];
  /** True when every live distribution says it may disclose where its bytes lie. */
  readonly disclosesLocation: boolean;
  /** False: nothing could be let out of it. */
  readonly isInStore: boolean;
}

/** The version of a framework that terms name as their parent. */
export interface ParentFacts {
  readonly kind: string;
  readonly status: string;
  readonly endsOn: string;
  readonly organisationIds: readonly string[];
}

/** What the rules must know beside the terms themselves, read in the submitting transaction. */
export interface TermsFacts {
  /** London day. */
  readonly today: string;
  readonly draftingOrganisationId: string;
  readonly vocabularies: TermsVocabularies;
  readonly activeOrganisationIds: ReadonlySet<string>;
  /** The active organisations among the parties that are public authorities. */
  readonly publicAuthorityIds: ReadonlySet<string>;
  /** `dutyKey` of each role that a live member of a party holds now. */
  readonly duties: ReadonlySet<string>;
  readonly datasets: ReadonlyMap<string, DatasetFacts>;
  readonly parent: ParentFacts | undefined;
}

/** One key per (organisation, person, role). */
export function dutyKey(organisationId: string, personId: string, role: string): string {
  return `${organisationId} ${personId} ${role}`;
}
