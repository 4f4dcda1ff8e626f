import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inclusionProof, treeOf, type NaiveTree } from './naive-tree.js';

/** A log's key, made from a number so that a test that fails fails again. */
export class LogKey {
  private readonly key;
  readonly vkey: string;
  private readonly id: Buffer;

  constructor(
    readonly name: string,
    seed = 1,
  ) {
    const der = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      Buffer.alloc(32, seed),
    ]);
    this.key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const raw = createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(-32);
    const typed = Buffer.concat([Buffer.of(1), raw]);
    this.id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
    this.vkey = `${name}+${this.id.toString('hex')}+${typed.toString('base64')}`;
  }

  line(text: string, by = text): string {
    const bytes = Buffer.concat([this.id, sign(null, Buffer.from(by), this.key)]);
    return `\u2014 ${this.name} ${bytes.toString('base64')}\n`;
  }
}

export const ORIGIN = 'log.example/audit';
export const KEY = new LogKey(ORIGIN);

export function note(text: string, keys: readonly LogKey[] = [KEY]): string {
  return `${text}\n${keys.map((key) => key.line(text)).join('')}`;
}

export function checkpointOf(
  tree: NaiveTree,
  size: bigint,
  keys: readonly LogKey[] = [KEY],
): string {
  const root = tree.root(0n, size).toString('base64');
  return note(`${ORIGIN}\n${String(size)}\n${root}\n`, keys);
}

/** A `.tlog-proof` of the entry at an index. */
export function receiptOf(
  tree: NaiveTree,
  entry: Buffer,
  index: bigint,
  size: bigint,
  keys: readonly LogKey[] = [KEY],
): string {
  return [
    'c2sp.org/tlog-proof@v1',
    `extra ${entry.toString('base64')}`,
    `index ${String(index)}`,
    ...inclusionProof(tree, index, size).map((hash) => hash.toString('base64')),
    '',
    checkpointOf(tree, size, keys),
  ].join('\n');
}

/** An event as it is committed to: its leaf, and what opens its fields. */
export interface CommittedEvent {
  readonly leaf: Buffer;
  /** The disclosure that opens these fields, or all. */
  disclose(names?: readonly string[]): Disclosed;
}

interface Disclosed {
  v: number;
  leaf: string;
  digests: string[];
  open: { i: number; salt: string; name: string; value: unknown }[];
}

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** Commits to fields by the words of audit-log section 2. Values are of one member at most, so that JSON is canonical. */
export function commit(
  fields: Readonly<Record<string, unknown>>,
  seed: Buffer = Buffer.alloc(32, 1),
): CommittedEvent {
  const names = Object.keys(fields).sort();
  const salts = names.map((name) => createHmac('sha256', seed).update(name).digest());
  const digests = names.map((name, i) =>
    createHash('sha256')
      .update('concordat/field/v1\0')
      .update(salts[i] ?? '')
      .update(JSON.stringify([name, fields[name]]))
      .digest(),
  );
  const commitment = createHash('sha256')
    .update('concordat/event/v1\0')
    .update(Buffer.of(0, names.length))
    .update(Buffer.concat(digests))
    .digest();
  const seconds = Math.floor(Date.parse(fields['occurredAt'] as string) / 1000);
  const leaf = Buffer.from(
    `{"c":"${b64(commitment)}","k":"${fields['type'] as string}","t":${String(seconds)},"v":1}`,
  );
  return {
    leaf,
    disclose: (opened = names) => ({
      v: 1,
      leaf: b64(leaf),
      digests: digests.map(b64),
      open: names.flatMap((name, i) =>
        opened.includes(name)
          ? [{ i, salt: b64(salts[i] ?? Buffer.alloc(0)), name, value: fields[name] }]
          : [],
      ),
    }),
  };
}

const TYPES = ['grant.issued', 'grant.revoked', 'object.opened'];

/** Events that differ, some in one second. */
export function someEvents(count: number): readonly CommittedEvent[] {
  return Array.from({ length: count }, (_, i) =>
    commit({
      eventId: `01890000-0000-7000-8000-${String(i).padStart(12, '0')}`,
      type: TYPES[i % TYPES.length],
      occurredAt: new Date(1_795_444_800_000 + i * 400).toISOString(),
      decision: i % 2 === 0 ? 'allow' : null,
    }),
  );
}

export const entriesOf = (events: readonly CommittedEvent[]): readonly Buffer[] =>
  events.map(({ leaf }) => leaf);

/** `tile/<level>/<index>`, with the width of a partial one. */
export function tilePath(level: number | 'entries', index: number, width = 256): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const path = groups
    .map((group, at) => (at === groups.length - 1 ? group : `x${group}`))
    .join('/');
  return `tile/${String(level)}/${path}${width === 256 ? '' : `.p/${String(width)}`}`;
}

/** Every object of a log of these entries, by path: what a folder or a server holds. */
export function logObjects(
  entries: readonly Buffer[],
  keys: readonly LogKey[] = [KEY],
): ReadonlyMap<string, Buffer> {
  const tree = treeOf(entries);
  const objects = new Map<string, Buffer>([
    ['checkpoint', Buffer.from(checkpointOf(tree, BigInt(entries.length), keys))],
  ]);
  for (let at = 0; at < entries.length; at += 256) {
    const bundle = entries.slice(at, at + 256);
    const parts = bundle.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    });
    objects.set(tilePath('entries', at / 256, bundle.length), Buffer.concat(parts));
  }
  for (let level = 0; 256 ** level <= entries.length; level += 1) {
    const span = 256 ** level;
    const count = Math.floor(entries.length / span);
    for (let at = 0; at < count; at += 256) {
      const width = Math.min(256, count - at);
      const hashes = Array.from({ length: width }, (_, i) =>
        tree.root(BigInt((at + i) * span), BigInt((at + i + 1) * span)),
      );
      objects.set(tilePath(level, at / 256, width), Buffer.concat(hashes));
    }
  }
  return objects;
}

export function writeObjects(folder: string, objects: ReadonlyMap<string, Buffer>): void {
  for (const [path, bytes] of objects) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
