/**
 * What class-validator and ajv say of a field, and what its page says. The first that fits counts; `empty` where nothing was
 * filled in. `$1` is what the pattern holds.
 */
const WORDS: readonly {
  readonly of: RegExp;
  readonly says: string;
  readonly empty?: string;
}[] = [
  {
    of: /^each value in \w+ must be longer than or equal to \d+ and shorter than or equal to (\d+) characters$/,
    says: 'must each be at most $1 characters long',
  },
  {
    of: /^each value in \w+ must be shorter than or equal to (\d+) characters$/,
    says: 'must each be at most $1 characters long',
  },
  { of: /^nested property \w+ must be either object or array$/, says: 'must be an object of JSON' },
  { of: /must be longer than or equal to 1 characters$/, says: 'must be filled in' },
  {
    of: /must be longer than or equal to (\d+) characters$/,
    says: 'must be at least $1 characters long',
    empty: 'must be filled in',
  },
  {
    of: /(?:must be shorter than or equal to|must NOT have more than) (\d+) characters$/,
    says: 'must be at most $1 characters long',
  },
  { of: /must be at most (\d+) bytes long$/, says: 'is too long' },
  { of: /must be a boolean value$/, says: 'must be answered' },
  {
    of: /must be an email$|must match format "email"$/,
    says: 'must be an e-mail address, such as name@borough.example',
    empty: 'must be filled in',
  },
  {
    of: /must be a day, YYYY-MM-DD$|must match format "day"$/,
    says: 'must be a day that there is, such as 5 4 2027',
    empty: 'must be filled in',
  },
  {
    of: /must be an instant, YYYY-MM-DDThh:mm:ssZ$/,
    says: 'must be a time that there is, such as 2027-04-05T09:00:00Z',
  },
  {
    of: /must be one of the following values: .*$/,
    says: 'must be one of those that are offered',
    empty: 'must be chosen',
  },
  {
    of: /must be a UUID$|must match format "uuid"$/,
    says: 'must be an id',
    empty: 'must be chosen',
  },
  { of: /must contain at least 1 elements$/, says: 'must have at least one' },
  { of: /must contain no more than (\d+) elements$/, says: 'must have at most $1' },
  { of: /must be an integer number$/, says: 'must be a whole number' },
  { of: /must not be greater than (\d+)$/, says: 'must be at most $1' },
  { of: /must not be less than (\d+)$/, says: 'must be at least $1' },
  {
    of: /must be a URL address$/,
    says: 'must be an address of the web, such as https://borough.example',
  },
  { of: /^is required$/, says: 'must be filled in' },
];

/**
 * @param reason why a field was refused, as the API says it.
 * @param isEmpty nothing was filled in.
 * @returns the same for whoever reads a page; a reason that is no program's stays as it is.
 */
export function inPlainWords(reason: string, isEmpty: boolean): string {
  const found = WORDS.find(({ of }) => of.test(reason));
  return found ? reason.replace(found.of, (isEmpty && found.empty) || found.says) : reason;
}
