/** Words that stand as they are: no phrase, no `-not`, no `beginning*`. */
const WORD = /(?<![\p{L}\p{N}"*-])[\p{L}\p{N}]{3,40}(?![\p{L}\p{N}"*])/gu;
const LAST_WORD = /(?<=^|\s)[\p{L}\p{N}]{2,40}$/u;
const MAX_WORDS = 6;
const MAX_TEXTS = 12;

/** The words of a text whose spelling may be wrong. */
export function spelledWords(text: string): readonly string[] {
  const isPhrased = text.includes('"');
  return isPhrased ? [] : [...new Set(text.match(WORD))].slice(0, MAX_WORDS);
}

/** The text with words corrected: first every one of them, then one by one. @param near the nearest of each word, best first. */
export function corrected(
  text: string,
  near: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const best = new Map([...near].flatMap(([word, [first]]) => (first ? [[word, first]] : [])));
  const single = [...near].flatMap(([word, others]) =>
    others.map((other) => replaced(text, new Map([[word, other]]))),
  );
  const texts = new Set([replaced(text, best), ...single]);
  texts.delete(text);
  return [...texts].slice(0, MAX_TEXTS);
}

/** What a text begins with and the word at its end that is not all there; undefined where none is. */
export function unfinished(
  text: string,
): { readonly head: string; readonly beginning: string } | undefined {
  const beginning = LAST_WORD.exec(text)?.[0];
  return beginning === undefined
    ? undefined
    : { head: text.slice(0, -beginning.length), beginning };
}

function replaced(text: string, by: ReadonlyMap<string, string>): string {
  return text.replaceAll(WORD, (word) => by.get(word) ?? word);
}
