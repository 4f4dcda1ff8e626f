import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../src/kernel/clock.js';
import { S3Error } from './s3-error.js';

export interface ObjectMeta {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
}

/** As the headers of a PUT say. */
export interface PutCondition {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/**
 * Objects of one bucket as files named by the digest of their key, so that no key is ever a path. Their names, sizes and
 * ETags are kept beside them and in memory.
 */
export class BucketFolder {
  private readonly objects = new Map<string, ObjectMeta>();
  private order: readonly string[] | undefined;
  private readonly writing = new Map<string, Promise<unknown>>();

  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<BucketFolder> {
    await mkdir(folder, { recursive: true });
    const bucket = new BucketFolder(folder);
    for (const file of await readdir(folder)) {
      if (file.endsWith('.json')) {
        const meta = JSON.parse(await readFile(join(folder, file), 'utf8')) as ObjectMeta;
        await access(bucket.path(meta.key)).then(
          () => bucket.objects.set(meta.key, meta),
          () => undefined,
        );
      } else if (file.endsWith('.tmp')) {
        await rm(join(folder, file));
      }
    }
    return bucket;
  }

  get(key: string): ObjectMeta {
    const meta = this.objects.get(key);
    if (!meta) {
      throw new S3Error('NoSuchKey');
    }
    return meta;
  }

  read(key: string, start: number, end: number): ReadStream {
    return createReadStream(this.path(key), { start, end });
  }

  /** Keys after `after` that start with `prefix`, in byte order. */
  *keys(prefix: string, after: string): Generator<ObjectMeta> {
    this.order ??= [...this.objects.keys()].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const start = Buffer.from(after);
    for (const key of this.order) {
      if (key.startsWith(prefix) && (after === '' || Buffer.compare(Buffer.from(key), start) > 0)) {
        yield this.get(key);
      }
    }
  }

  /**
   * Streams the body to a new file, checks its digest, then swaps it in if the condition holds.
   * @returns the strong ETag.
   */
  async put(
    key: string,
    body: Readable,
    expectedSha256: string | undefined,
    condition: PutCondition = {},
  ): Promise<string> {
    const draft = join(this.folder, `${randomUUID()}.tmp`);
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    let size = 0;
    await pipeline(
      body,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          md5.update(chunk);
          sha256.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(draft, { flush: true }),
    );
    if (expectedSha256 !== undefined && sha256.digest('hex') !== expectedSha256) {
      await rm(draft);
      throw new S3Error('XAmzContentSHA256Mismatch');
    }
    const etag = `"${md5.digest('hex')}"`;
    const meta = { key, size, etag, lastModified: systemClock.now().toISOString() };
    await this.alone(key, async () => {
      const fault = faultOf(condition, this.objects.get(key));
      if (fault) {
        await rm(draft);
        throw fault;
      }
      await rename(draft, this.path(key));
      await writeFile(`${this.path(key)}.json`, JSON.stringify(meta));
      this.objects.set(key, meta);
      this.order = undefined;
    });
    return etag;
  }

  /** Nothing happens where there is no such object. */
  async remove(key: string): Promise<void> {
    await this.alone(key, async () => {
      this.objects.delete(key);
      this.order = undefined;
      await rm(`${this.path(key)}.json`, { force: true });
      await rm(this.path(key), { force: true });
    });
  }

  /** One after the other for each key: between a condition and what it allows, nobody else writes. */
  private async alone<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.writing.get(key) ?? Promise.resolve();
    const own = before.then(work, work);
    this.writing.set(key, own);
    try {
      return await own;
    } finally {
      if (this.writing.get(key) === own) {
        this.writing.delete(key);
      }
    }
  }

  private path(key: string): string {
    return join(this.folder, createHash('sha256').update(key).digest('hex'));
  }
}

// An ETag is believed with its quotes and without, as AWS does.
function faultOf(
  { ifMatch, ifNoneMatch }: PutCondition,
  current: ObjectMeta | undefined,
): S3Error | undefined {
  if (ifNoneMatch !== undefined && current) {
    return new S3Error('PreconditionFailed');
  }
  if (ifMatch !== undefined && !current) {
    return new S3Error('NoSuchKey');
  }
  const isOther = ifMatch?.replaceAll('"', '') !== current?.etag.replaceAll('"', '');
  return ifMatch !== undefined && isOther ? new S3Error('PreconditionFailed') : undefined;
}
