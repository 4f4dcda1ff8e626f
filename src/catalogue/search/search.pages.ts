import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { principalOf } from '../../identity/caller.decorator.js';
import { PublicReads } from '../../identity/public-reads.js';
import { isConcordatError } from '../../kernel/errors.js';
import { Public } from '../../platform/web/access.js';
import { failureOf } from '../../platform/web/pages/form-failure.js';
import { filledIn, validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { Views } from '../../platform/web/views.js';
import { presentSearch, SEARCH_LABELS } from './search-page.presenter.js';
import { SearchAnswers } from './search-answers.service.js';
import { SearchQueryDto } from './search-query.dto.js';

const ROUTE = { route: 'GET /datasets', readsPerMinute: 60 };
const TEMPLATE = 'catalogue/search/views/search.njk';

/** Finding data: for anybody what is public, for members what they may know of besides. */
@ApiExcludeController()
@Controller('datasets')
export class SearchPages {
  constructor(
    private readonly answers: SearchAnswers,
    private readonly reads: PublicReads,
    private readonly views: Views,
  ) {}

  @Get()
  @Public()
  async show(
    @Query() asked: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const principal = principalOf(request);
    if (!principal) {
      await this.reads.take(ROUTE, request.ip ?? '');
    }
    const typed = filledIn(asked);
    try {
      const input = { ...typed, facets: 'true', highlights: 'true', pageSize: undefined };
      const answer = await this.answers.of(principal, await validInput(SearchQueryDto, input));
      this.views.render(response, TEMPLATE, { ...presentSearch(typed, answer), errors: [], typed });
    } catch (error) {
      if (!isConcordatError(error) || (error.status !== 422 && error.status !== 400)) {
        throw error;
      }
      response.status(error.status);
      const failure = failureOf(error, SEARCH_LABELS, typed);
      this.views.render(response, TEMPLATE, { ...presentSearch(typed), ...failure });
    }
  }
}
