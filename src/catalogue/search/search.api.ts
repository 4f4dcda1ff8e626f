import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { SearchAnswers } from './search-answers.service.js';
import { SearchQueryDto, SuggestionsQueryDto } from './search-query.dto.js';
import { SearchSuggestions } from './search-suggestions.service.js';
import type { SearchAnswer } from './search.view.js';

@ApiTags('datasets')
@Controller('api/v1/datasets')
export class SearchApi {
  constructor(
    private readonly answers: SearchAnswers,
    private readonly suggestions: SearchSuggestions,
  ) {}

  /** What the caller may see, and nothing of what they may not: not in a count either. */
  @Get()
  @Access('dataset:read')
  async search(
    @Caller() principal: Principal,
    @Query() query: SearchQueryDto,
  ): Promise<SearchAnswer> {
    return this.answers.of(principal, query);
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
