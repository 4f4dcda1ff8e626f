import type { FileHandle } from 'node:fs/promises';
import { utf8 } from '../formats/text.js';
import { badInput, within } from '../refusal.js';

const END_BYTES = 22;
const HEAD_BYTES = 46;
const LOCAL_BYTES = 30;
const SIGNATURES = { end: 0x06054b50, head: 0x02014b50, local: 0x04034b50 } as const;
/** Deflate options, sizes behind the data, UTF-8 names: nothing encrypted, patched or masked. */
const FLAGS = 0x080en;
const UTF8_NAMES = 0x0800n;
const METHODS = { stored: 0, deflated: 8 } as const;
const MAX_DIRECTORY_BYTES = 67_108_864;
const MAX_RATIO = 200;
const NEVER_A_BOMB_BYTES = 10_485_760;

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  /** Of the data as they lie in the archive, and as they are. */
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of the data, from the beginning of the archive. */
  readonly offset: number;
}

interface Head extends ZipEntry {
  readonly headOffset: number;
}

/**
 * The files of an archive, by name. Strict: one archive in the file and nothing beside it, no ZIP64, no links, no name
 * that leads out, no file that lies in another, and none that grows beyond reason.
 * @throws Refusal `badInput` with the reason.
 * @see PKWARE APPNOTE.TXT 6.3
 */
export async function readDirectory(file: FileHandle): Promise<ReadonlyMap<string, ZipEntry>> {
  const { size } = await file.stat();
  const end = await readAt(file, size - END_BYTES, END_BYTES);
  const count = end.readUInt16LE(10);
  const [length, start] = [end.readUInt32LE(12), end.readUInt32LE(16)];
  const isWhole = end.readUInt32LE(0) === SIGNATURES.end && end.readUInt16LE(20) === 0;
  if (!isWhole || end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== count) {
    throw badInput('it is no ZIP archive that ends with its directory');
  }
  if (start + length !== size - END_BYTES || length > MAX_DIRECTORY_BYTES || count === 0xffff) {
    throw badInput('the directory of the archive is not where it says, or is too large');
  }
  const heads = readHeads(await readAt(file, start, length), count);
  const entries: Head[] = [];
  for (const head of heads) {
    entries.push(await locate(file, head));
  }
  checkRoom(entries, start, size);
  return byName(entries);
}

/** @throws Refusal `badInput` where the archive ends before. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = offset < 0 ? { bytesRead: -1 } : await file.read(bytes, 0, length, offset);
  if (bytesRead !== length) {
    throw badInput('the archive is cut short');
  }
  return bytes;
}

function readHeads(directory: Buffer, count: number): readonly Head[] {
  const heads: Head[] = [];
  let at = 0;
  while (heads.length < count) {
    if (at + HEAD_BYTES > directory.length || directory.readUInt32LE(at) !== SIGNATURES.head) {
      throw badInput('the directory of the archive is broken');
    }
    const nameEnd = at + HEAD_BYTES + directory.readUInt16LE(at + 28);
    const next = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (next > directory.length) {
      throw badInput('the directory of the archive is broken');
    }
    heads.push(readHead(directory.subarray(at, nameEnd)));
    at = next;
  }
  if (at !== directory.length) {
    throw badInput('the directory of the archive has more than its files');
  }
  return heads;
}

function readHead(head: Buffer): Head {
  const flags = BigInt(head.readUInt16LE(8));
  const nameBytes = head.subarray(HEAD_BYTES);
  const name = within('a name in the archive', () => utf8(nameBytes));
  if ((flags & UTF8_NAMES) === 0n && !/^[\x20-\x7e]*$/.test(name)) {
    throw badInput('a name in the archive is neither ASCII nor marked as UTF-8');
  }
  const place = { object: name };
  checkName(name);
  if ((flags & ~FLAGS) !== 0n) {
    throw badInput('the file is encrypted, or of a kind that is not read', place);
  }
  const method = head.readUInt16LE(10);
  if (method !== METHODS.stored && method !== METHODS.deflated) {
    throw badInput('the file is neither stored nor deflated', place);
  }
  const unixType = Math.floor(head.readUInt32LE(38) / 2 ** 28);
  if (head.readUInt16LE(34) !== 0 || ![0, 4, 8].includes(unixType)) {
    throw badInput('it is a link, or lies in another archive', place);
  }
  const [packedBytes, bytes] = [head.readUInt32LE(20), head.readUInt32LE(24)];
  if (method === METHODS.stored && packedBytes !== bytes) {
    throw badInput('the file is stored and has two sizes', place);
  }
  return {
    name,
    isDeflated: method === METHODS.deflated,
    crc: head.readUInt32LE(16),
    packedBytes,
    bytes,
    headOffset: head.readUInt32LE(42),
    offset: 0,
  };
}

/** What would be written outside the folder it is unpacked in, on any system, is in no pack. */
function checkName(name: string): void {
  const parts = name.replace(/\/$/, '').split('/');
  const isSafe = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isSafe || /[\\:\p{Cc}]/u.test(name)) {
    throw badInput('the name leads out of the archive', { object: name });
  }
}

/** The local header before the data: it says the same name, and how long it is itself. */
async function locate(file: FileHandle, head: Head): Promise<Head> {
  const name = Buffer.from(head.name);
  const local = await readAt(file, head.headOffset, LOCAL_BYTES + name.length);
  const isSame =
    local.readUInt32LE(0) === SIGNATURES.local &&
    local.readUInt16LE(26) === name.length &&
    local.subarray(LOCAL_BYTES).equals(name) &&
    (local.readUInt16LE(8) === METHODS.deflated) === head.isDeflated;
  if (!isSame) {
    throw badInput('the directory and the file’s own header differ', { object: head.name });
  }
  const offset = head.headOffset + LOCAL_BYTES + name.length + local.readUInt16LE(28);
  return { ...head, offset };
}

function checkRoom(entries: readonly Head[], end: number, size: number): void {
  const ordered = entries.toSorted((a, b) => a.headOffset - b.headOffset);
  ordered.forEach(({ name, offset, packedBytes }, i) => {
    if (offset + packedBytes > (ordered[i + 1]?.headOffset ?? end)) {
      throw badInput('the file lies over the next', { object: name });
    }
  });
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > NEVER_A_BOMB_BYTES && total > MAX_RATIO * size) {
    throw badInput(`unpacked it would be over ${String(MAX_RATIO)} times its size`);
  }
}

function byName(entries: readonly ZipEntry[]): ReadonlyMap<string, ZipEntry> {
  const files = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (files.has(entry.name)) {
      throw badInput('it is in the archive twice', { object: entry.name });
    }
    files.set(entry.name, entry);
  }
  return new Map([...files].filter(([name]) => !name.endsWith('/')));
}
