import { createReadStream } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SandboxError } from '../ports.js';
import type { SeedFile } from './made-file.js';

/** Every file of a folder of the data, as it is, below `prefix`. @throws SandboxError when the folder is not there. */
export async function realFiles(
  dataDir: string,
  folder: string,
  prefix: string,
): Promise<readonly SeedFile[]> {
  const root = join(dataDir, folder);
  const found = await access(root).then(
    () => true,
    () => false,
  );
  if (!found) {
    throw new SandboxError(`SANDBOX_DATA has no folder ${folder}. Its README must name it.`);
  }
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => realFile(path, `${prefix}${path.slice(root.length + 1)}`));
}

// What is packed is stored unpacked: a researcher asks for ranges of the rows, not of an archive.
function realFile(path: string, key: string): SeedFile {
  if (!key.endsWith('.gz')) {
    return { key, open: () => createReadStream(path) };
  }
  return {
    key: key.slice(0, -'.gz'.length),
    open: () => {
      const out = new PassThrough();
      pipeline(createReadStream(path), createGunzip(), out, () => undefined);
      return out;
    },
  };
}
