import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive, and what a forger would say of it instead. */
export interface Packed {
  readonly name: string;
  readonly data: Buffer;
  readonly isStored?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly bytes?: number;
  readonly mode?: number;
  readonly localName?: string;
  /** In place of the compressed data. */
  readonly packed?: Buffer;
  readonly headOffset?: number;
}

const UTF8 = 0x0800;

/** A ZIP archive: local headers and data, then the directory, then the end. */
export function zipOf(files: readonly Packed[]): Buffer {
  const parts: Buffer[] = [];
  const heads: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const packed = file.packed ?? (file.isStored ? file.data : deflateRawSync(file.data));
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(file.flags ?? UTF8, 0);
    facts.writeUInt16LE(file.method ?? (file.isStored ? 0 : 8), 2);
    facts.writeUInt32LE(file.crc ?? crc32(file.data), 8);
    facts.writeUInt32LE(packed.length, 12);
    facts.writeUInt32LE(file.bytes ?? file.data.length, 16);
    facts.writeUInt16LE(name.length, 20);
    const local = [
      Buffer.from('504b03041400', 'hex'),
      facts,
      Buffer.alloc(2),
      Buffer.from(file.localName ?? file.name),
      packed,
    ];
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(0x0314, 4);
    head.writeUInt16LE(20, 6);
    facts.copy(head, 8);
    head.writeUInt32LE((file.mode ?? 0o100644) * 65_536, 38);
    head.writeUInt32LE(file.headOffset ?? offset, 42);
    parts.push(...local);
    heads.push(head, name);
    offset += Buffer.concat(local).length;
  }
  const directory = Buffer.concat(heads);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}
