import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { badInput, failed, Refusal, unreadable } from '../refusal.js';
import { readDirectory, type ZipEntry } from './zip-directory.js';

/** An archive that is read file by file, each checked against its size and CRC as it is read. */
export class ZipFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly entries: ReadonlyMap<string, ZipEntry>,
  ) {}

  /** @throws Refusal `io` or `badInput`. */
  static async open(path: string): Promise<ZipFile> {
    let file: FileHandle;
    try {
      file = await open(path);
    } catch {
      throw unreadable('there is no such file, or it cannot be read', { object: path });
    }
    try {
      return new ZipFile(file, await readDirectory(file));
    } catch (error) {
      await file.close();
      if (error instanceof Refusal) {
        throw error;
      }
      throw unreadable('it cannot be read', { object: path });
    }
  }

  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** @returns undefined where there is no such file. @throws Refusal `badInput` for one over `maxBytes`. */
  async read(name: string, maxBytes: number): Promise<Buffer | undefined> {
    const entry = this.entries.get(name);
    if (!entry) {
      return undefined;
    }
    if (entry.bytes > maxBytes) {
      throw badInput(`it is over ${String(maxBytes)} bytes`, { object: name });
    }
    const parts: Buffer[] = [];
    for await (const part of this.stream(name)) {
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** @throws Refusal `failed` where the data are not those of the directory. */
  async *stream(name: string): AsyncGenerator<Buffer> {
    const entry = this.entries.get(name);
    if (!entry) {
      throw failed('it is not in the pack', { object: name });
    }
    let [bytes, crc] = [0, 0];
    for await (const part of this.unpack(entry)) {
      bytes += part.length;
      crc = crc32(part, crc);
      if (bytes > entry.bytes) {
        throw failed('it is larger than the archive says', { object: name });
      }
      yield part;
    }
    if (bytes !== entry.bytes || crc !== entry.crc) {
      throw failed('its size or CRC is not what the archive says', { object: name });
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async *unpack(entry: ZipEntry): AsyncGenerator<Buffer> {
    const { name, isDeflated, offset, packedBytes } = entry;
    if (packedBytes === 0) {
      return;
    }
    const range = { start: offset, end: offset + packedBytes - 1, autoClose: false };
    const packed: AsyncIterable<Buffer> = this.file.createReadStream(range);
    if (!isDeflated) {
      yield* packed;
      return;
    }
    const inflate = createInflateRaw();
    const data: AsyncIterable<Buffer> = pipeline(packed, inflate, () => undefined);
    try {
      yield* data;
    } catch {
      throw failed('its compressed data are damaged', { object: name });
    }
    if (inflate.bytesWritten !== packedBytes) {
      throw failed('there is more behind its compressed data', { object: name });
    }
  }
}
