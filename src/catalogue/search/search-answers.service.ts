import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { CatalogueSearch } from './catalogue-search.service.js';
import type { SearchQueryDto } from './search-query.dto.js';
import { readSearch, sortOf } from './search-query.rules.js';
import { SearchSuggestions } from './search-suggestions.service.js';
import type { PageStart } from './search.types.js';
import { toFound, type SearchAnswer } from './search.view.js';

/** A search and a page of what it finds, for programs and for readers alike. */
@Injectable()
export class SearchAnswers {
  constructor(
    private readonly catalogue: CatalogueSearch,
    private readonly suggestions: SearchSuggestions,
    private readonly pages: PageTokens,
  ) {}

  /**
   * @param principal undefined for anybody, who may know of what is public.
   * @throws ConcordatError `input_invalid` (422), `page_token_invalid` (400)
   */
  async of(principal: Principal | undefined, query: SearchQueryDto): Promise<SearchAnswer> {
    const narrowed = readSearch(query);
    const sort = sortOf(query);
    const { pageSize, q = null } = query;
    const personId = principal?.personId ?? null;
    const scope = { route: 'datasets', personId, q, sort, ...narrowed };
    const after = this.pages.read(query.pageToken, scope) as PageStart | null;
    const search = { ...narrowed, words: await this.catalogue.wordsOf(query.q) };
    const page = { sort, after, limit: pageSize + 1, isHighlighted: query.highlights };
    const [hits, counted] = await Promise.all([
      this.catalogue.page(principal, search, page),
      query.facets ? this.catalogue.count(principal, search) : {},
    ]);
    const { items, nextPageToken } = this.pages.page(hits, pageSize, scope, ({ key, id }) => ({
      key,
      id,
    }));
    const isNothing = items.length === 0 && after === null && q !== null;
    const instead = isNothing ? await this.suggestions.forNothing(principal, q) : {};
    return { items: items.map(toFound), nextPageToken, ...counted, ...instead };
  }
}
