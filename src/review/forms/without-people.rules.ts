// Bounded, or a long word would be tried from each of its letters.
const EMAIL = /[^\s@<>"',;:()[\]]{1,64}[@\uFF20][\p{L}\d-]{1,63}(\.[\p{L}\d-]{1,63})+/gu;
const PSEUDONYM = /\bP-[a-z2-7]{8}\b/gi;
const REMOVED = '[removed]';

/** Takes e-mail addresses and pseudonyms out of a text that the public may read. */
export function withoutPeople(text: string): string {
  return text.replace(EMAIL, REMOVED).replace(PSEUDONYM, REMOVED);
}
