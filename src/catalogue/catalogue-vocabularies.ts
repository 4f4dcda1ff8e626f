import { readFileSync } from 'node:fs';
import { parseVocabulary, type Vocabulary } from '../kernel/vocabulary.js';

/** The dated vocabularies of dataset descriptions. */
export interface DescriptionVocabularies {
  readonly sensitivity: Vocabulary;
  readonly columnClass: Vocabulary;
  readonly frequency: Vocabulary;
}

/** Reads and checks them; a faulty file stops the boot. */
export function readVocabularies(): DescriptionVocabularies {
  return {
    sensitivity: read('sensitivity'),
    columnClass: read('column-class'),
    frequency: read('frequency'),
  };
}

function read(name: string): Vocabulary {
  const file = new URL(`./vocabularies/${name}.json`, import.meta.url);
  return parseVocabulary(name, readFileSync(file, 'utf8'));
}
