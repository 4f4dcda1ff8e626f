import { Generator, weighted, type Weighted } from './generator.js';
import { madeFile, type SeedFile } from './made-file.js';

const CENSUS_ROWS = 50_000;

/** Each column's codes by how often they come, in the proportions of the published extract. */
const COLUMNS: readonly (readonly [name: string, codes: Weighted])[] = [
  [
    'Region',
    weighted({
      E12000009: 112,
      E12000003: 111,
      E12000004: 89,
      E12000001: 67,
      E12000005: 61,
      E12000002: 61,
    }),
  ],
  ['Residence Type', weighted({ H: 1 })],
  ['Family Composition', weighted({ 2: 260, 1: 90, 3: 69, 5: 61, 4: 9, '-9': 7, 6: 5 })],
  ['Population Base', weighted({ 1: 494, 2: 5, 3: 1 })],
  ['Sex', weighted({ 1: 247, 2: 253 })],
  ['Age', weighted({ 1: 94, 2: 67, 3: 66, 4: 67, 5: 70, 6: 59, 7: 42, 8: 35 })],
  ['Marital Status', weighted({ 1: 239, 2: 186, 3: 10, 4: 38, 5: 27 })],
  ['Student', weighted({ 1: 111, 2: 389 })],
  ['Country of Birth', weighted({ 1: 445, 2: 50, '-9': 5 })],
  ['Health', weighted({ 1: 227, 2: 171, 3: 67, 4: 23, 5: 6, '-9': 5 })],
  ['Ethnic Group', weighted({ 1: 439, 2: 9, 3: 34, 4: 10, 5: 3, '-9': 5 })],
  ['Religion', weighted({ 1: 135, 2: 290, 3: 2, 4: 7, 5: 1, 6: 22, 7: 3, 8: 2, 9: 33, '-9': 5 })],
  [
    'Economic Activity',
    weighted({ 1: 193, 2: 30, 3: 18, 4: 13, 5: 83, 6: 22, 7: 16, 8: 18, 9: 8, '-9': 99 }),
  ],
  [
    'Occupation',
    weighted({ 1: 31, 2: 51, 3: 34, 4: 44, 5: 45, 6: 33, 7: 38, 8: 36, 9: 59, '-9': 130 }),
  ],
  [
    'Industry',
    weighted({
      2: 57,
      3: 27,
      4: 64,
      5: 24,
      6: 28,
      8: 38,
      9: 21,
      10: 34,
      11: 46,
      12: 16,
      '-9': 130,
    }),
  ],
  ['Hours worked per week', weighted({ 1: 23, 2: 49, 3: 135, 4: 26, '-9': 267 })],
  ['Approximated Social Grade', weighted({ 1: 60, 2: 139, 3: 75, 4: 126, '-9': 100 })],
];

export const CENSUS_FIELDS = ['Person ID', ...COLUMNS.map(([name]) => name)];

/** Coded records in the columns and number of the published teaching extract. They are of nobody. */
export function madeCensusFiles(prefix: string): readonly SeedFile[] {
  return [madeFile(`${prefix}2011-census-microdata-small.csv`, records)];
}

function* records(): globalThis.Generator<string> {
  const random = new Generator('census');
  yield `${CENSUS_FIELDS.join(',')}\n`;
  for (let row = 0; row < CENSUS_ROWS; row += 1) {
    const codes = COLUMNS.map(([, values]) => random.pick(values));
    yield `${String(7_394_483 + row)},${codes.join(',')}\n`;
  }
}
