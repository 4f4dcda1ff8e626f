import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { CatalogueSearch } from './catalogue-search.service.js';
import { SearchQueryDto, SuggestionsQueryDto } from './search-query.dto.js';
import { readSearch, sortOf } from './search-query.rules.js';
import { SearchSuggestions } from './search-suggestions.service.js';
import type { PageStart } from './search.types.js';
import { toFound, type SearchAnswer } from './search.view.js';

@ApiTags('datasets')
@Controller('api/v1/datasets')
export class SearchApi {
  constructor(
    private readonly catalogue: CatalogueSearch,
    private readonly suggestions: SearchSuggestions,
    private readonly pages: PageTokens,
  ) {}

  /** What the caller may see, and nothing of what they may not: not in a count either. */
  @Get()
  @Access('dataset:read')
  async search(
    @Caller() principal: Principal,
    @Query() query: SearchQueryDto,
  ): Promise<SearchAnswer> {
    const narrowed = readSearch(query);
    const sort = sortOf(query);
    const { pageSize, q = null } = query;
    const scope = { route: 'datasets', personId: principal.personId, q, sort, ...narrowed };
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

  /** What to look for, while it is typed. */
  @Get('suggestions')
  @Access('dataset:read')
  async suggest(
    @Caller() principal: Principal,
    @Query() { q }: SuggestionsQueryDto,
  ): Promise<{ readonly items: readonly string[] }> {
    return { items: await this.suggestions.forBeginning(principal, q) };
  }
}
