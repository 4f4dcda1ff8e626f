/** Whether the file system said one of these codes. */
export function isFault(error: unknown, ...codes: readonly string[]): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && codes.includes(code);
}
