import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkpointText } from '../../src/audit/log/checkpoint.js';
import {
  EMPTY_EDGE,
  extendEdge,
  leafHash,
  perfectRoot,
  rootOf,
} from '../../src/audit/log/merkle.js';
import { signNote, verifierKey } from '../../src/audit/log/note.js';
import { bundleOf, tilePath, TILE_WIDTH } from '../../src/audit/log/tiles.js';
import { Ed25519Key } from '../../src/platform/signing/ed25519-key.js';

const ORIGIN = 'bench.example/log';

/** Writes a signed log of so many entries, as the broker would have. @returns the key to verify it with. */
export async function writeLargeLog(folder: string, size: number): Promise<string> {
  let edge = EMPTY_EDGE;
  const levels: Buffer[][] = [[]];
  const write = async (path: string, bytes: Buffer | string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  };
  /** Writes the tile that a level's hashes fill, or end in, and puts the root of a full one a level up. */
  const flush = async (level: number, index: bigint): Promise<void> => {
    const hashes = levels[level] ?? [];
    await write(tilePath({ level, index, width: hashes.length }), Buffer.concat(hashes));
    levels[level] = [];
    if (hashes.length < TILE_WIDTH) {
      return;
    }
    const above = (levels[level + 1] ??= []);
    above.push(perfectRoot(hashes));
    if (above.length === TILE_WIDTH) {
      await flush(level + 1, index / BigInt(TILE_WIDTH));
    }
  };
  for (let start = 0; start < size; start += TILE_WIDTH) {
    const entries = Array.from({ length: Math.min(TILE_WIDTH, size - start) }, anEntry);
    const index = BigInt(start / TILE_WIDTH);
    await write(tilePath({ level: 'entries', index, width: entries.length }), bundleOf(entries));
    levels[0] = entries.map(leafHash);
    edge = extendEdge(edge, levels[0]);
    await flush(0, index);
  }
  for (let level = 1; level < levels.length; level += 1) {
    if ((levels[level] ?? []).length > 0) {
      await flush(level, BigInt(Math.floor(size / TILE_WIDTH ** (level + 1))));
    }
  }
  const key = new Ed25519Key(randomBytes(32));
  const signer = {
    name: ORIGIN,
    publicKey: key.publicKey,
    sign: (text: Buffer) => key.sign(text),
  };
  const text = checkpointText({ origin: ORIGIN, size: edge.size, root: rootOf(edge) });
  await write('checkpoint', signNote(text, [signer]));
  return verifierKey(signer);
}

function anEntry(): Buffer {
  const c = randomBytes(32).toString('base64url');
  return Buffer.from(`{"c":"${c}","k":"grant.issued","t":1795444800,"v":1}`);
}
