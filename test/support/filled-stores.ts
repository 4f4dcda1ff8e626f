import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fillStores } from '../../sandbox/processes/partner-stores.js';

/**
 * Fills the stores of a world, out of files made once for the whole run: making them costs seconds. What is in them is
 * only ever replaced by a rename, so every world may link to the same bytes.
 */
export async function linkedStores(folder: string): Promise<void> {
  const run = runFolder();
  const filled = join(run, 'filled');
  await readdir(filled).catch(() => fillOnce(run, filled));
  await linkTree(filled, folder);
}

/** What the suites of one run share lies in it; it goes with the run. */
export function runFolder(): string {
  const run = process.env['TEST_RUN_FOLDER'];
  if (run === undefined) {
    throw new Error('test/support/global-setup.js names the folder of the run');
  }
  return run;
}

/** Whoever comes first wins; a rename onto a full folder fails. */
async function fillOnce(run: string, filled: string): Promise<void> {
  const own = await mkdtemp(join(run, 'filling-'));
  await fillStores(own, process.env['SANDBOX_DATA']);
  try {
    await rename(own, filled);
  } catch {
    await readdir(filled);
    await rm(own, { recursive: true });
  }
}

/** The same bytes under another folder, for files that are only ever replaced by a rename. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await linkTree(source, target);
    } else if (entry.name.endsWith('.json')) {
      // What a store says of an object is written in place.
      await copyFile(source, target);
    } else {
      await link(source, target);
    }
  }
}
