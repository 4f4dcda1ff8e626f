/**
 * What stands behind `objects/` in the request's own URL. Not the router's parameter: that one is decoded already, and an
 * encoded slash would look like a real one.
 */
export function rawObjectPath(originalUrl: string): string {
  const [path = ''] = originalUrl.split('?', 1);
  return /\/objects\/(.*)$/is.exec(path)?.[1] ?? '';
}
