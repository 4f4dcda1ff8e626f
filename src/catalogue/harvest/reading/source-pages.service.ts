import { Injectable } from '@nestjs/common';
import type { HarvestFormat } from '../harvest.types.js';
import { readCkan } from './ckan-pages.js';
import { readDataJson } from './data-json-pages.js';
import { readDcat } from './dcat-pages.js';
import { SourceClient } from './source-client.js';
import type { Reading, SourcePage } from './source-page.js';

type Reader = (client: SourceClient, reading: Reading) => AsyncGenerator<SourcePage>;

const READERS: Readonly<Record<HarvestFormat, Reader>> = {
  ckan: readCkan,
  data_json: readDataJson,
  dcat: readDcat,
};

/** Reads a source part by part, each in the manner of its format. */
@Injectable()
export class SourcePages {
  constructor(private readonly client: SourceClient) {}

  /** @throws SourceFault */
  read(format: HarvestFormat, reading: Reading): AsyncGenerator<SourcePage> {
    return READERS[format](this.client, reading);
  }
}
