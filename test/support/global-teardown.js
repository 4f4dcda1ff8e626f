/** Stops the cluster that global-setup.js started, and removes its data. */
export default async function stopCluster() {
  await globalThis.testCluster?.stop();
}
