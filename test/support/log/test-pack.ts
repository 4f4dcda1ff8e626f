import { createHash } from 'node:crypto';
import { treeOf, type NaiveTree } from './naive-tree.js';
import { checkpointOf, commit, KEY, receiptOf, type CommittedEvent } from './test-log.js';
import { zipOf } from './test-zip.js';

/** Files of a bag by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

export const idOf = (at: number): string =>
  `01890000-0000-7000-8000-${String(at).padStart(12, '0')}`;

const FIELDS = Array.from({ length: 5 }, (_, i) => ({
  eventId: idOf(i),
  type: i === 4 ? 'grant.revoked' : 'grant.issued',
  occurredAt: new Date(1_795_444_800_000 + i * 400).toISOString(),
  delivery: 'stream',
  grantId: null,
}));

export const PACKED_EVENTS: readonly CommittedEvent[] = FIELDS.map((fields, i) =>
  commit(fields, Buffer.alloc(32, i)),
);
export const PACKED_TREE: NaiveTree = treeOf(PACKED_EVENTS.map(({ leaf }) => leaf));

/** What a pack of five events holds: three with disclosures of all, one of its id alone, one with none. */
export function packFiles(): Record<string, string | Buffer> {
  const lines = FIELDS.map(({ eventId, ...shown }) => JSON.stringify({ id: eventId, ...shown }));
  const files: Record<string, string | Buffer> = {
    'data/events.jsonl': `${lines.join('\n')}\n`,
    'data/checkpoint': checkpointOf(PACKED_TREE, 5n),
    'data/vkey': `${KEY.vkey}\n`,
    'data/jwks.json': '{"keys":[]}',
    'data/ro-crate-metadata.json': '{}',
    'README.txt': 'How to verify this',
    'bag-info.txt': 'Bagging-Date: 2026-11-27\n',
  };
  PACKED_EVENTS.forEach((event, i) => {
    const receipt = receiptOf(PACKED_TREE, event.leaf, BigInt(i), 5n);
    files[`data/receipts/${idOf(i)}.tlog-proof`] = receipt;
    if (i < 4) {
      const opened = event.disclose(i < 3 ? undefined : ['eventId']);
      files[`data/disclosures/${idOf(i)}.json`] = JSON.stringify(opened);
    }
  });
  return files;
}

/** The files of a bag around these, with its manifests. */
export function bagOf(files: Files): Record<string, string | Buffer> {
  const listed = (of: Files, isPayload: boolean): string =>
    Object.entries(of)
      .filter(([path]) => path.startsWith('data/') === isPayload)
      .map(([path, text]) => `${createHash('sha512').update(text).digest('hex')}  ${path}\n`)
      .join('');
  const tags = {
    ...files,
    'bagit.txt': 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n',
    'manifest-sha512.txt': listed(files, true),
  };
  return { ...tags, 'tagmanifest-sha512.txt': listed(tags, false) };
}

export function zipOfFiles(files: Files, base = ''): Buffer {
  return zipOf(
    Object.entries(files).map(([path, text]) => ({
      name: `${base}${path}`,
      data: Buffer.from(text),
      isStored: path.endsWith('.tlog-proof'),
    })),
  );
}
