import { THEMES, type DatasetAccess, type Theme } from '../../dataset.types.js';
import { plainText } from './plain-text.rules.js';

const EU = /^https?:\/\/publications\.europa\.eu\/resource\/authority\/[a-z-]+\//;

/** How often, as catalogues say it, and the EU's code. ISO 8601's repetitions are those of DCAT-US. */
const FREQUENCIES = new Map(
  Object.entries({
    annual: 'ANNUAL',
    annually: 'ANNUAL',
    yearly: 'ANNUAL',
    'r/p1y': 'ANNUAL',
    biannual: 'ANNUAL_2',
    biannually: 'ANNUAL_2',
    'r/p6m': 'ANNUAL_2',
    'r/p2y': 'BIENNIAL',
    quarterly: 'QUARTERLY',
    'r/p3m': 'QUARTERLY',
    monthly: 'MONTHLY',
    'r/p1m': 'MONTHLY',
    'r/p2w': 'BIWEEKLY',
    weekly: 'WEEKLY',
    'r/p1w': 'WEEKLY',
    'r/p7d': 'WEEKLY',
    daily: 'DAILY',
    'r/p1d': 'DAILY',
    hourly: 'HOURLY',
    'r/pt1h': 'HOURLY',
    'r/pt1s': 'CONT',
    continuous: 'CONT',
    continual: 'CONT',
    'real-time': 'CONT',
    realtime: 'CONT',
    'as needed': 'AS_NEEDED',
    'ad hoc': 'AS_NEEDED',
    irregular: 'IRREG',
    never: 'NEVER',
    'not updated': 'NEVER',
    unknown: 'UNKNOWN',
    'r/p10y': 'DECENNIAL',
  }),
);

/** @param known the codes of the vocabulary. */
export function frequencyOf(value: unknown, known: ReadonlySet<string>): string | undefined {
  const text = plainText(value)?.replace(EU, '') ?? '';
  return known.has(text.toUpperCase()) ? text.toUpperCase() : FREQUENCIES.get(text.toLowerCase());
}

/** The EU's themes among what a source calls themes or groups; whatever else it calls so is not said here. */
export function themesOf(values: readonly unknown[]): Theme[] {
  const said = new Set(values.map((value) => plainText(value)?.replace(EU, '').toUpperCase()));
  return THEMES.filter((theme) => said.has(theme));
}

/** The EU's codes of languages; ENG, if nothing is said that is one. */
export function languagesOf(values: readonly unknown[]): string[] {
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const codes = values.flatMap((value) => {
    const text = plainText(value)?.replace(EU, '') ?? '';
    const code = /^en(-|$)/i.test(text) ? 'ENG' : text.toUpperCase();
    return /^[A-Z]{3}$/.test(code) && names.of(code.toLowerCase()) !== undefined ? [code] : [];
  });
  return codes.length === 0 ? ['ENG'] : [...new Set(codes)].slice(0, 20);
}

const ACCESS = new Map<string, DatasetAccess>(
  Object.entries({
    PUBLIC: 'open',
    OPEN: 'open',
    RESTRICTED: 'shared',
    'RESTRICTED PUBLIC': 'shared',
    SHARED: 'shared',
    'NON-PUBLIC': 'closed',
    NON_PUBLIC: 'closed',
    CLOSED: 'closed',
  } as const),
);

/** Undefined for words that are none of a standard's: nobody guesses that they mean open. */
export function accessOf(value: unknown): DatasetAccess | undefined {
  return ACCESS.get(plainText(value)?.replace(EU, '').toUpperCase() ?? '');
}
