/** The text with its first letter as a capital, as a label or a cell begins. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
