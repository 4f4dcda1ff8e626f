import { findTerm } from '../kernel/vocabulary.js';
import { readVocabularies } from './catalogue-vocabularies.js';
import type { Theme } from './dataset.types.js';

const { columnClass, frequency, sensitivity } = readVocabularies();

/** As the EU's Publications Office names them, in British English. */
const THEMES: Readonly<Record<Theme, string>> = {
  AGRI: 'Agriculture, fisheries, forestry and food',
  ECON: 'Economy and finance',
  EDUC: 'Education, culture and sport',
  ENER: 'Energy',
  ENVI: 'Environment',
  GOVE: 'Government and public sector',
  HEAL: 'Health',
  INTR: 'International issues',
  JUST: 'Justice, legal system and public safety',
  OP_DATPRO: 'Provisional data',
  REGI: 'Regions and cities',
  SOCI: 'Population and society',
  TECH: 'Science and technology',
  TRAN: 'Transport',
};

/** Codes of a dataset's description in words; a code that is not known is its own word. */
export const datasetWords = {
  theme: (code: string): string => (THEMES as Readonly<Record<string, string>>)[code] ?? code,
  frequency: (code: string): string => findTerm(frequency, code)?.label ?? code,
  sensitivity: (code: string): string => findTerm(sensitivity, code)?.label ?? code,
  columnClass: (code: string): string => findTerm(columnClass, code)?.label ?? code,
};
