import type { FormFields } from '../../platform/web/pages/form-input.js';
import { datasetWords } from '../dataset-words.js';
import type { Piece } from './highlight.rules.js';
import type { Facet, FacetValue } from './search.types.js';
import type { FoundDataset, SearchAnswer } from './search.view.js';

/** The fields of the form, by the names that the query has. */
export const SEARCH_LABELS = {
  q: 'Words',
  from: 'First day',
  to: 'Last day',
  sort: 'Order',
} as const;

const HERE = '/datasets';
const FACET_NAMES: Readonly<Record<Facet, string>> = {
  access: 'Access',
  kind: 'Kind',
  theme: 'Theme',
  organisation: 'Owner',
  place: 'Place',
  language: 'Language',
};
/** A reader chooses among so many; the rest can be typed, or asked for through the API. */
const SHOWN_VALUES = 12;
const VALUES: Readonly<Record<string, string>> = {
  open: 'Open',
  shared: 'Shared',
  closed: 'Closed',
  files: 'Files',
  feed: 'Live feed',
  ENG: 'English',
};

interface Filter {
  readonly name: string;
  readonly values: readonly {
    readonly text: string;
    readonly count: number;
    readonly href: string;
    /** Chosen: following it takes it out. */
    readonly isChosen: boolean;
  }[];
}

/** What the page of a search shows. */
export interface SearchPage {
  readonly title: string;
  readonly trail: readonly object[];
  readonly total: number | undefined;
  readonly filters: readonly Filter[];
  readonly found: readonly {
    readonly href: string;
    readonly title: readonly Piece[];
    readonly description: readonly Piece[];
    readonly publisher: string;
    readonly access: string;
    readonly kind: string;
  }[];
  readonly next: string | undefined;
  readonly first: string | undefined;
  readonly suggestions: readonly { readonly text: string; readonly href: string }[];
  readonly withoutFilters: string | undefined;
}

/** @param answer absent where the query was refused. */
export function presentSearch(typed: FormFields, answer?: SearchAnswer): SearchPage {
  const { q, pageToken } = typed;
  return {
    title: typeof q === 'string' ? `${q} – find data` : 'Find data',
    trail: [{ text: 'Home', href: '/' }, { text: 'Find data' }],
    total: answer?.total,
    filters: answer?.facets ? filtersOf(typed, answer.facets) : [],
    found: (answer?.items ?? []).map(presentFound),
    next: answer?.nextPageToken ? linkTo(typed, { pageToken: answer.nextPageToken }) : undefined,
    first: pageToken === undefined ? undefined : linkTo(typed, {}),
    suggestions: (answer?.suggestions ?? []).map((text) => ({
      text,
      href: linkTo({}, { q: text }),
    })),
    withoutFilters:
      answer?.isFoundWithoutFilters === true && typeof q === 'string'
        ? linkTo({}, { q })
        : undefined,
  };
}

function presentFound(one: FoundDataset): SearchPage['found'][number] {
  const plain = (text: string): Piece => ({ text, isMatch: false });
  const { title = [plain(one.title)], description = [plain(one.description)] } =
    one.highlights ?? {};
  const shown = description.reduce((length, { text }) => length + text.length, 0);
  return {
    href: `${HERE}/${one.id}`,
    title,
    description: shown < one.description.length ? [...description, plain(' …')] : description,
    publisher: one.publisher,
    access: one.access,
    kind: VALUES[one.kind] ?? one.kind,
  };
}

function filtersOf(
  typed: FormFields,
  facets: Readonly<Record<Facet, readonly FacetValue[]>>,
): readonly Filter[] {
  return (Object.keys(FACET_NAMES) as Facet[])
    .map((facet) => ({
      name: FACET_NAMES[facet],
      values: facets[facet].slice(0, SHOWN_VALUES).map(({ value, label, count }) => {
        const isChosen = typed[facet] === value;
        return {
          text: label ?? (facet === 'theme' ? datasetWords.theme(value) : (VALUES[value] ?? value)),
          count,
          href: linkTo(typed, { [facet]: isChosen ? undefined : value }),
          isChosen,
        };
      }),
    }))
    .filter(({ values }) => values.length > 0);
}

/** The same search with something else in it, from its first page on. */
function linkTo(typed: FormFields, change: FormFields): string {
  const pairs = Object.entries({ ...typed, pageToken: undefined, ...change }).flatMap(
    ([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : []),
  );
  const query = new URLSearchParams(pairs).toString();
  return query === '' ? HERE : `${HERE}?${query}`;
}
