import type { HarvestFormat } from '../harvest.types.js';
import { readPackage } from './ckan.rules.js';
import { readDataJsonEntry } from './data-json.rules.js';
import { readDcatDataset } from './dcat.rules.js';
import type { HarvestedRecord, RecordSource } from './harvested-record.rules.js';

/** How a record of each format is read. */
export const RECORD_MAPPERS: Readonly<
  Record<HarvestFormat, (raw: unknown, source: RecordSource) => HarvestedRecord>
> = { ckan: readPackage, data_json: readDataJsonEntry, dcat: readDcatDataset };
