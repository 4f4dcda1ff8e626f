import { AIR_QUALITY_FIELDS, madeAirQualityFiles } from './air-quality.js';
import { BOROUGH_FIELDS, madeBoroughFiles } from './boroughs.js';
import { CENSUS_FIELDS, madeCensusFiles } from './census.js';
import type { SeedFile } from './made-file.js';
import { realFiles } from './real-files.js';
import { madeStopSearchFiles, STOP_SEARCH_FIELDS } from './stop-search.js';

/** One dataset of the sandbox: its place in a store, and the folder of the real files or how to make others. */
export interface Collection {
  readonly prefix: string;
  readonly folder: string;
  readonly fields: readonly string[];
  readonly make: (prefix: string) => readonly SeedFile[];
}

export const COLLECTIONS = {
  stopSearch: {
    prefix: 'stop-search/',
    folder: 'stop-search',
    fields: STOP_SEARCH_FIELDS,
    make: madeStopSearchFiles,
  },
  airQuality: {
    prefix: 'air-quality/',
    folder: 'air-quality-aurn',
    fields: AIR_QUALITY_FIELDS,
    make: madeAirQualityFiles,
  },
  boroughs: {
    prefix: 'boroughs/',
    folder: 'london-boroughs',
    fields: BOROUGH_FIELDS,
    make: madeBoroughFiles,
  },
  census: {
    prefix: 'census/',
    folder: 'census-2011-microdata',
    fields: CENSUS_FIELDS,
    make: madeCensusFiles,
  },
} as const satisfies Readonly<Record<string, Collection>>;
export type CollectionName = keyof typeof COLLECTIONS;

/** The files of a collection: real ones when there is a folder of them, else made ones of the same shape. */
export async function filesOf(
  name: CollectionName,
  dataDir: string | undefined,
): Promise<readonly SeedFile[]> {
  const { folder, prefix, make } = COLLECTIONS[name];
  return dataDir === undefined ? make(prefix) : realFiles(dataDir, folder, prefix);
}
