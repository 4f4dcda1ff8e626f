import type { SearchWords } from './search-words.rules.js';

/**
 * A `tsquery` for what somebody typed, as SQL.
 * @param use takes a value, and gives the parameter that stands for it.
 */
export function wordsSql(
  { words, beginnings, places }: SearchWords,
  use: (value: string) => string,
): string {
  return [
    `websearch_to_tsquery('catalogue', ${use(words)})`,
    ...beginnings.map((beginning) => {
      const start = use(`${beginning}:*`);
      return `(to_tsquery('catalogue_plain', ${start}) || to_tsquery('catalogue', ${start}))`;
    }),
    ...places.map(({ name, code }) => {
      const place = `plainto_tsquery('catalogue_plain', ${use(code)})`;
      return `(phraseto_tsquery('catalogue', ${use(name)}) || ${place})`;
    }),
  ].join(' && ');
}
