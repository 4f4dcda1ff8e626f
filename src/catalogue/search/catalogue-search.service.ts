import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { Viewers } from '../viewers.service.js';
import { FacetsRepository } from './facets.repository.js';
import { SearchRepository, type Hit } from './search.repository.js';
import { readWords } from './search-words.rules.js';
import type { Facets, PageQuery, Search } from './search.types.js';

/** Finds datasets among those that the caller may know of. */
@Injectable()
export class CatalogueSearch {
  constructor(
    private readonly database: Database,
    private readonly viewers: Viewers,
    private readonly datasets: SearchRepository,
    private readonly facets: FacetsRepository,
  ) {}

  /** @throws ConcordatError `input_invalid` (422) for a text without a word that can be looked for. */
  async wordsOf(text: string | undefined): Promise<string | null> {
    if (text === undefined) {
      return null;
    }
    const words = await this.datasets.queryOf(this.database.manager, readWords(text));
    if (words === '') {
      const reason = 'has no word to search by: stop words and punctuation stand everywhere';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/q', reason }] });
    }
    return words;
  }

  page(principal: Principal | undefined, search: Search, page: PageQuery): Promise<readonly Hit[]> {
    return this.datasets.page(this.database.manager, search, this.viewers.of(principal), page);
  }

  count(
    principal: Principal | undefined,
    search: Search,
  ): Promise<{ readonly total: number; readonly facets: Facets }> {
    return this.facets.count(this.database.manager, search, this.viewers.of(principal));
  }
}
