import { Injectable } from '@nestjs/common';
import type { HarvestFormat } from '../harvest.types.js';
import { readCkanPage } from './ckan-pages.js';
import { SourceClient } from './source-client.js';
import type { Reading, SourcePage } from './source-page.js';

const READERS: Readonly<
  Record<HarvestFormat, (client: SourceClient, reading: Reading) => Promise<SourcePage>>
> = { ckan: readCkanPage };

/** Turns the pages of a source, each in the manner of its format. */
@Injectable()
export class SourcePages {
  constructor(private readonly client: SourceClient) {}

  /** From the page that the cursor names. @throws SourceFault */
  async *read(format: HarvestFormat, reading: Reading): AsyncGenerator<SourcePage> {
    let cursor = reading.cursor;
    do {
      reading.signal.throwIfAborted();
      const page = await this.page(format, { ...reading, cursor });
      yield page;
      cursor = page.next;
    } while (cursor !== null);
  }

  private page(format: HarvestFormat, reading: Reading): Promise<SourcePage> {
    return READERS[format](this.client, reading);
  }
}
