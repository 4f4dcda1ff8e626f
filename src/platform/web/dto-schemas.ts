/** The component schemas of the document. */
export function schemasOfDtos<T>(found: Record<string, T>, problem: object): Record<string, T> {
  return { ...found, Problem: problem as T };
}
