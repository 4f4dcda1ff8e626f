import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { parseVocabulary, type Vocabulary } from '../../kernel/vocabulary.js';

const FOLDER = new URL('../vocabularies/', import.meta.url);

/** What a person may be accredited by and trained in, read and checked when the process starts. */
@Injectable()
export class AwardVocabularies {
  readonly accreditation = read('accreditation');
  readonly training = read('training');
}

function read(name: string): Vocabulary {
  return parseVocabulary(name, readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}
