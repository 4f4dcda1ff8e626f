import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { findTerm, parseVocabulary, withNarrower, type Vocabulary } from '../kernel/vocabulary.js';
import type { TermsVocabularies } from './terms/terms-facts.js';

const HERE = new URL('./vocabularies/', import.meta.url);
const OF_ORGANISATIONS = new URL('../organisations/vocabularies/', import.meta.url);

/** The dated vocabularies of agreement terms, read and checked when the process starts. */
@Injectable()
export class Vocabularies {
  readonly terms: TermsVocabularies = {
    purpose: read(HERE, 'purpose'),
    prohibitedUse: read(HERE, 'prohibited-use'),
    dataClass: read(HERE, 'data-class'),
    lawfulBasis: read(HERE, 'lawful-basis'),
    recognisedInterest: read(HERE, 'recognised-interest'),
    specialCategory: read(HERE, 'special-category'),
    dpaSchedule1: read(HERE, 'dpa-schedule-1'),
    legalGateway: read(HERE, 'legal-gateway'),
    confidentiality: read(HERE, 'confidentiality'),
    optOut: read(HERE, 'opt-out'),
    accreditation: read(OF_ORGANISATIONS, 'accreditation'),
    training: read(OF_ORGANISATIONS, 'training'),
  };

  /** The edition of each, by name: what a version pins (R2.7). */
  editions(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.values(this.terms).map(({ vocabulary, edition }: Vocabulary) => [vocabulary, edition]),
    );
  }

  /** What people call a code; the code itself for one that the vocabulary does not have. */
  labelOf(vocabulary: keyof TermsVocabularies, code: string): string {
    return findTerm(this.terms[vocabulary], code)?.label ?? code;
  }

  /** The purposes and every narrower one: what a request may name under an agreement for `purposes`. */
  purposesWithin(purposes: readonly string[]): readonly string[] {
    return withNarrower(this.terms.purpose, purposes);
  }
}

function read(folder: URL, name: string): Vocabulary {
  return parseVocabulary(name, readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}
