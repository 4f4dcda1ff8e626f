import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { badInput, failed, Refusal, unreadable } from '../refusal.js';
import { codeOf, openToRead } from '../sources/file.js';
import { readAt, readDirectory, type ZipEntry } from './zip-directory.js';

const CHUNK_BYTES = 262_144;
const AT_ONCE_BYTES = 1_048_576;

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
      file = await openToRead(path);
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
        throw larger(name);
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
    const packed = this.packed(entry);
    if (!entry.isDeflated) {
      yield* packed;
    } else if (Math.max(entry.packedBytes, entry.bytes) <= AT_ONCE_BYTES) {
      const whole = await readAt(this.file, entry.offset, entry.packedBytes);
      yield inflateAtOnce(whole, entry);
    } else {
      yield* inflate(packed, entry);
    }
  }

  private async *packed({ offset, packedBytes }: ZipEntry): AsyncGenerator<Buffer> {
    for (let done = 0; done < packedBytes; done += CHUNK_BYTES) {
      yield await readAt(this.file, offset + done, Math.min(CHUNK_BYTES, packedBytes - done));
    }
  }
}

/** A stream for each of many small files would cost more than what it reads. */
function inflateAtOnce(packed: Buffer, { name, bytes, packedBytes }: ZipEntry): Buffer {
  const options = { maxOutputLength: bytes + 1, info: true } as const;
  let inflated: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  try {
    // With `info` it answers so; its types know the buffer alone.
    inflated = inflateRawSync(packed, options) as unknown as typeof inflated;
  } catch (error) {
    const isLarger = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    throw isLarger ? larger(name) : damaged(name);
  }
  if (inflated.engine.bytesWritten !== packedBytes) {
    throw followed(name);
  }
  return inflated.buffer;
}

async function* inflate(
  packed: AsyncIterable<Buffer>,
  { name, packedBytes }: ZipEntry,
): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw();
  const data: AsyncIterable<Buffer> = pipeline(Readable.from(packed), inflater, () => undefined);
  try {
    yield* data;
  } catch {
    throw damaged(name);
  }
  if (inflater.bytesWritten !== packedBytes) {
    throw followed(name);
  }
}

const damaged = (name: string): Refusal =>
  failed('its compressed data are damaged', { object: name });
const followed = (name: string): Refusal =>
  failed('there is more behind its compressed data', { object: name });
const larger = (name: string): Refusal =>
  failed('it is larger than the archive says', { object: name });
