import { BOROUGHS, THEMES, TOPICS } from './words.js';

/** What is asked, and how somebody would write it in SQL: `$1` and `$2` are whose eyes see it, the rest its own. */
export interface Question {
  readonly kind: string;
  readonly path: Readonly<Record<string, string>>;
  /** A `tsquery`; absent where no words are looked for. */
  readonly words?: string;
  readonly where: readonly string[];
  readonly params: readonly string[];
}

const WEB = `websearch_to_tsquery('catalogue', $3)`;
const at = <T>(values: readonly T[], n: number): T => {
  const value = values[n % values.length];
  if (value === undefined) {
    throw new Error('There is nothing to ask about');
  }
  return value;
};
const topic = (n: number): string => at(TOPICS, n * 7);
const web = (kind: string, q: string, path = {}): Question => ({
  kind,
  path: { q, ...path },
  words: WEB,
  where: [],
  params: [q],
});

/** In twenty-five searches, so many of each kind; `n` is the number of the search, `words` those of descriptions. */
const KINDS: readonly [number, (n: number, words: readonly string[]) => Question][] = [
  [5, (n) => web('a word', at(topic(n).split(' '), n))],
  [4, (n) => web('words', topic(n))],
  // One in three of the commonest hundred, of which each is in a tenth of all descriptions or more.
  [2, (n, words) => web('a general word', at(words.slice(0, n % 3 === 0 ? 100 : 2_000), n * 37))],
  [1, (n, words) => web('a topic and a general word', `${topic(n)} ${at(words, n * 11)}`)],
  [1, (n) => web('a phrase', `"${topic(n)}"`)],
  [1, (n) => web('one or the other', `${topic(n)} or ${topic(n + 1)}`)],
  [
    2,
    (n) => {
      const { name, code } = at(BOROUGHS, n * 5);
      const words = `(${WEB} && (phraseto_tsquery('catalogue', $4) || plainto_tsquery('catalogue_plain', $5)))`;
      const path = { q: `${topic(n)} ${name}` };
      return { kind: 'words and a place', path, words, where: [], params: [topic(n), name, code] };
    },
  ],
  [
    1,
    (n) => {
      const start = at(topic(n).split(' '), n).slice(0, 4);
      const words = `to_tsquery('catalogue_plain', $3)`;
      const path = { q: `${start}*` };
      return { kind: 'a beginning', path, words, where: [], params: [`${start}:*`] };
    },
  ],
  [
    2,
    (n) => {
      const [theme, { where, params }] = [at(THEMES, n), web('', topic(n))];
      return {
        ...web('words, theme and access', topic(n), { theme, access: 'open' }),
        where: [...where, 'themes @> ARRAY[$4]', `access = $5`],
        params: [...params, theme, 'open'],
      };
    },
  ],
  [
    1,
    (n) => {
      const west = -0.4 + (n % 50) / 100;
      const bbox = [west, 51.4, west + 0.1, 51.5].map((degrees) => degrees.toFixed(3)).join(',');
      const days = { from: '2010-01-01', to: '2012-12-31' };
      return {
        ...web('words, area and days', topic(n), { bbox, ...days }),
        where: ['area && $4::box', 'days && daterange($5::date, $6::date, $$[]$$)'],
        params: [topic(n), `(${bbox})`, days.from, days.to],
      };
    },
  ],
  [
    2,
    (n) => {
      const theme = at(THEMES, n);
      const where = ['themes @> ARRAY[$3]'];
      return { kind: 'a theme', path: { theme }, where, params: [theme] };
    },
  ],
  [1, () => ({ kind: 'everything', path: {}, where: [], params: [] })],
  [
    2,
    (n) => {
      const [word = '', ...others] = topic(n + 1).split(' ');
      return web('a wrong spelling', [`${word.slice(0, -1)}zq`, ...others].join(' '));
    },
  ],
];

/** So many searches, in turns. */
export function questions(count: number, words: readonly string[]): readonly Question[] {
  const kinds = KINDS.flatMap(([share, make]) => Array.from({ length: share }, () => make));
  // A step of a prime: kinds take turns.
  return Array.from({ length: count }, (_, n) => at(kinds, n * 7)(n, words));
}
