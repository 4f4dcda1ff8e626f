import { setTimeout as pause } from 'node:timers/promises';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import {
  requireName,
  type ObjectFolder,
  type ServedAs,
  type StoredObject,
} from '../object-folder/object-folder.js';
import type { FolderClient, WriteCondition } from './folder-client.js';
import type { StoreLocation } from './store-location.js';

const READ_MS = 30_000;
const MAX_BYTES = 1_048_576;
const BUSY_TRIES = 5;
const BUSY_MS = 50;

/** Objects in a bucket, under a prefix. Its versions are the store's ETags. */
export class StoreFolder implements ObjectFolder {
  constructor(
    private readonly client: FolderClient,
    private readonly location: StoreLocation,
    private readonly prefix: string,
  ) {}

  async read(name: string): Promise<StoredObject | undefined> {
    const key = this.keyOf(name);
    try {
      const signal = AbortSignal.timeout(READ_MS);
      const { body, contentLength, etag } = await this.client.get(
        this.location,
        { key, signal },
        'question',
      );
      const bytes = await bodyOf(body, contentLength);
      return { bytes, version: etag };
    } catch (error) {
      if (isConcordatError(error, 'not_found')) {
        return undefined;
      }
      throw isConcordatError(error)
        ? error
        : new ConcordatError('store_unreachable', {}, { cause: error });
    }
  }

  create(name: string, bytes: Buffer, servedAs: ServedAs): Promise<boolean> {
    return this.write(name, bytes, servedAs, { absent: true });
  }

  replace(
    name: string,
    bytes: Buffer,
    version: string | undefined,
    servedAs: ServedAs,
  ): Promise<boolean> {
    const condition = version === undefined ? { absent: true as const } : { etag: version };
    return this.write(name, bytes, servedAs, condition);
  }

  async list(folder: string): Promise<readonly string[]> {
    const prefix = `${this.keyOf(folder)}/`;
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.list(this.location, prefix, { token });
      const inside = page.objects.filter(({ key }) => !key.slice(prefix.length).includes('/'));
      names.push(...inside.map(({ key }) => key.slice(this.prefix.length)));
      token = page.nextToken;
    } while (token !== undefined);
    return names;
  }

  async remove(name: string): Promise<void> {
    await this.client.remove(this.location, this.keyOf(name));
  }

  private async write(
    name: string,
    body: Buffer,
    servedAs: ServedAs,
    condition: WriteCondition,
  ): Promise<boolean> {
    const object = { key: this.keyOf(name), body, servedAs };
    for (let round = 1; round <= BUSY_TRIES; round += 1) {
      const { answer, tries } = await this.client.put(this.location, object, condition);
      if (answer === 'stored') {
        return true;
      }
      if (answer === 'refused') {
        // The answer to an earlier try may have been lost: then it is our own object that stands in the way.
        return tries > 1 && (await this.read(name))?.bytes.equals(body) === true;
      }
      await pause(round * BUSY_MS);
    }
    throw new ConcordatError('store_failed');
  }

  private keyOf(name: string): string {
    requireName(name);
    return `${this.prefix}${name}`;
  }
}

async function bodyOf(body: AsyncIterable<Buffer>, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MAX_BYTES) {
      throw new ConcordatError('store_failed');
    }
    parts.push(part);
  }
  if (size !== length) {
    throw new ConcordatError('store_unreachable');
  }
  return Buffer.concat(parts);
}
