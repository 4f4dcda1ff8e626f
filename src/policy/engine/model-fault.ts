/**
 * Casbin's own words for a faulty model name no file.
 * @throws Error naming `model.conf`; the boot stops.
 */
export async function loadModel<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`model.conf: ${reason}`, { cause: error });
  }
}
