import { rmSync } from 'node:fs';

/** Stops the cluster that global-setup.js started, and removes its data. */
export default async function stopCluster() {
  await globalThis.testCluster?.stop();
  const { TEST_RUN_FOLDER: folder } = process.env;
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}
