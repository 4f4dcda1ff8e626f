import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ClientError, EXIT } from '../client-error.js';
import { checksumOf } from './checksum.rules.js';
import { localPath } from './local-names.js';
import type { RemoteObject } from './object-list.js';

/** An object's place on this machine: a part that grows, and the whole that takes its place. */
export class ObjectFile {
  private constructor(
    private readonly object: RemoteObject,
    private readonly path: string,
    private readonly part: string,
  ) {}

  /** @throws ClientError for a name that would lead out of the folder, by itself or by a link on the way. */
  static async place(folder: string, object: RemoteObject): Promise<ObjectFile> {
    const local = localPath(object.name);
    if (local === undefined) {
      throw new ClientError(
        EXIT.failed,
        `${JSON.stringify(object.name)} is no name for a file here`,
      );
    }
    const path = join(folder, local);
    await mkdir(dirname(path), { recursive: true });
    const [root, parent] = await Promise.all([realpath(folder), realpath(dirname(path))]);
    if (parent !== root && !parent.startsWith(root + sep)) {
      throw new ClientError(EXIT.failed, `A link leads ${object.name} out of ${folder}`);
    }
    // Of this very object: another ETag is another part.
    const version = createHash('sha256').update(object.etag).digest('hex').slice(0, 12);
    return new ObjectFile(object, path, `${path}.${version}.part`);
  }

  /** Whether the whole is there already, byte for byte. */
  async isHere(): Promise<boolean> {
    const found = await lstat(this.path).catch(() => undefined);
    return (
      found?.isFile() === true && found.size === this.object.size && (await this.fits(this.path))
    );
  }

  /** Whether something of the same name is there. */
  async isTaken(): Promise<boolean> {
    return (await lstat(this.path).catch(() => undefined)) !== undefined;
  }

  /** How much of it an earlier try has left. */
  async partSize(): Promise<number> {
    const found = await lstat(this.part).catch(() => undefined);
    if (found && !found.isFile()) {
      await rm(this.part, { recursive: true });
      return 0;
    }
    return found && found.size <= this.object.size ? found.size : 0;
  }

  /** Appends to the part from `at` on. @param each is told of each chunk. */
  async append(
    body: AsyncIterable<Uint8Array>,
    at: number,
    each: (bytes: number) => void,
  ): Promise<void> {
    const file = await open(this.part, at === 0 ? 'w' : 'r+');
    try {
      let position = at;
      for await (const chunk of body) {
        await file.write(chunk, 0, chunk.length, position);
        position += chunk.length;
        each(chunk.length);
      }
      await file.truncate(position);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Puts the part in its place if it is what was sealed, else throws it away. @returns whether it was. */
  async finish(): Promise<boolean> {
    const { size } = await lstat(this.part);
    if (size !== this.object.size || !(await this.fits(this.part))) {
      await rm(this.part);
      return false;
    }
    await rename(this.part, this.path);
    return true;
  }

  private async fits(path: string): Promise<boolean> {
    const expected = checksumOf(this.object);
    if (!expected) {
      return true;
    }
    const hash = createHash(expected.algorithm);
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex') === expected.hex;
  }
}
