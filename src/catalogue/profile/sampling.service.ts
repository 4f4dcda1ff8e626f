import { addAbortSignal } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import {
  StoreClient,
  type ObjectAnswer,
  type ObjectPage,
} from '../../platform/object-store/store-client.js';
import type { StoreLocation } from '../../platform/object-store/store-location.js';
import { StoreLocations } from '../../stores/store-locations.service.js';
import { sortOut } from '../sealing/manifest.rules.js';
import type { ManifestEntry } from '../sealing/sealing.types.js';
import { ProfileLimits } from './profile-limits.js';
import { profileFault, type Proposal, type ReadTable } from './profile.types.js';
import { propose, type Declared } from './proposal.rules.js';
import { chooseSample, type Sample } from './sample.rules.js';
import { scanCsv } from './tables/csv-scan.js';
import { TAIL_BYTES, footerLength, scanParquetFooter } from './tables/parquet-scan.js';

const MAX_SHOWN_NAME = 200;

/** Where a sample is taken from. */
export interface SampledPlace {
  readonly storeId: string;
  readonly prefix: string;
}

interface Place {
  readonly location: StoreLocation;
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/** A bounded look at the objects of a dataset: nothing that it reads is kept. */
@Injectable()
export class Sampling {
  constructor(
    private readonly locations: StoreLocations,
    private readonly client: StoreClient,
    @Inject(ProfileLimits) private readonly limits: ProfileLimits,
  ) {}

  /** @throws ConcordatError `input_invalid` for what is no table, or what the store answers. */
  async sample(from: SampledPlace, declared: Declared, signal: AbortSignal): Promise<Proposal> {
    const location = await this.locations.locationOf(from.storeId);
    const place = { location, prefix: from.prefix, signal };
    const { objects, isAll } = await this.list(place);
    const sample = chooseSample(objects, this.limits.maxObjects);
    const tables: ReadTable[] = [];
    for (const object of sample.objects) {
      signal.throwIfAborted();
      tables.push(await this.readNamed(place, object, sample));
    }
    return propose(sample, tables, isAll, declared);
  }

  private async list({ location, prefix, signal }: Place) {
    const objects: ManifestEntry[] = [];
    let token: string | undefined;
    for (let page = 0; page < this.limits.maxPages; page += 1) {
      const listed: ObjectPage = await this.client.list(location, prefix, { token, signal });
      objects.push(...sortOut(prefix, listed.objects).entries);
      token = listed.nextToken;
      if (token === undefined) {
        return { objects, isAll: true };
      }
    }
    return { objects, isAll: false };
  }

  private async readNamed(place: Place, object: ManifestEntry, sample: Sample): Promise<ReadTable> {
    try {
      return sample.format === 'csv'
        ? await this.readCsv(place, object, sample.objects.length)
        : await this.readParquet(place, object);
    } catch (error) {
      if (isConcordatError(error, 'input_invalid')) {
        const name = object.name.slice(0, MAX_SHOWN_NAME).toWellFormed();
        throw profileFault(`${name}: ${error.message}`, error);
      }
      throw error;
    }
  }

  private async readCsv(place: Place, object: ManifestEntry, objects: number): Promise<ReadTable> {
    const { maxBytes, maxRows } = this.limits;
    const length = Math.min(object.size, Math.ceil(maxBytes / objects));
    return scanCsv(this.read(place, object, 0, length), {
      isAll: length === object.size,
      maxRows: Math.ceil(maxRows / objects),
    });
  }

  private async readParquet(place: Place, object: ManifestEntry): Promise<ReadTable> {
    const { size } = object;
    if (size <= TAIL_BYTES) {
      throw profileFault('is too short for a Parquet file');
    }
    const tail = await this.readAll(place, object, size - TAIL_BYTES, TAIL_BYTES);
    const length = footerLength(tail);
    if (length > size - TAIL_BYTES) {
      throw profileFault('is cut short');
    }
    if (length > this.limits.maxFooterBytes) {
      const mib = String(this.limits.maxFooterBytes / 1024 / 1024);
      throw profileFault(`describes itself in more than ${mib} MiB`);
    }
    const footer = await this.readAll(place, object, size - TAIL_BYTES - length, length);
    // Its rows are those of the whole file, of which so little was read.
    return { ...scanParquetFooter(Buffer.concat([footer, tail])), bytesRead: size };
  }

  private async readAll(place: Place, object: ManifestEntry, start: number, length: number) {
    const chunks: Buffer[] = [];
    for await (const chunk of this.read(place, object, start, length)) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** Exactly so many bytes of the object that was listed: some stores ignore If-Match or Range. */
  private async *read(
    place: Place,
    object: ManifestEntry,
    start: number,
    length: number,
  ): AsyncGenerator<Buffer> {
    const { signal } = place;
    const { body } = await this.ask(place, object, start, length);
    let missing = length;
    try {
      for await (const chunk of addAbortSignal(signal, body) as AsyncIterable<Buffer>) {
        missing -= chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw new ConcordatError('store_unreachable', {}, { cause: error });
    } finally {
      body.destroy();
    }
    if (missing !== 0) {
      throw new ConcordatError('store_failed');
    }
  }

  private async ask(
    { location, prefix, signal }: Place,
    { name, etag }: ManifestEntry,
    start: number,
    length: number,
  ): Promise<ObjectAnswer> {
    const range = `bytes=${String(start)}-${String(start + length - 1)}`;
    try {
      const read = { key: prefix + name, range, ifMatch: quoted(etag), signal };
      const answer = await this.client.get(location, read, 'question');
      const isSame = quoted(answer.etag) === quoted(etag);
      if (!isSame || answer.contentLength !== length) {
        answer.body.destroy();
        throw new ConcordatError(isSame ? 'store_failed' : 'object_changed');
      }
      return answer;
    } catch (error) {
      if (
        ['not_found', 'object_changed', 'range_not_satisfiable'].some((code) => is(error, code))
      ) {
        throw profileFault('changed or went while the sample was read; ask again', error);
      }
      throw error;
    }
  }
}

// Some stores list them without quotes.
function quoted(etag: string): string {
  return `"${etag.replaceAll('"', '')}"`;
}

function is(error: unknown, code: string): boolean {
  return isConcordatError(error) && error.code === code;
}
