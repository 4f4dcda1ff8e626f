import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Facet, FacetCount, PublicDataset, PublicQuery } from './public-dataset.types.js';
import { PublicDatasetsRepository } from './public-datasets.repository.js';

const AT_ONCE = 100;

/** The part of the catalogue that anybody may read. Anonymous, so no event (R5.3). */
@Injectable()
export class PublicCatalogue {
  constructor(
    private readonly database: Database,
    private readonly datasets: PublicDatasetsRepository,
  ) {}

  async page(
    query: PublicQuery,
    place: { start: number; rows: number; isNewestFirst?: boolean },
  ): Promise<{ readonly total: number; readonly items: readonly PublicDataset[] }> {
    const { manager } = this.database;
    const total = await this.datasets.count(manager, query);
    const items = await this.datasets.page(manager, query, { isNewestFirst: false, ...place });
    return { total, items };
  }

  /** All of them, in batches; between two no connection is held. */
  async *batches(query: PublicQuery): AsyncGenerator<readonly PublicDataset[]> {
    let after: string | null = null;
    for (;;) {
      const items: readonly PublicDataset[] = await this.datasets.after(
        this.database.manager,
        query,
        { after, limit: AT_ONCE },
      );
      yield items;
      after = items.at(-1)?.id ?? null;
      if (items.length < AT_ONCE || after === null) {
        return;
      }
    }
  }

  async find(id: string): Promise<PublicDataset | undefined> {
    return this.datasets.find(this.database.manager, id);
  }

  /** Who publishes the catalogue itself. */
  async publisher(): Promise<string> {
    return this.datasets.operator(this.database.manager);
  }

  async organisations(): Promise<readonly FacetCount[]> {
    return this.datasets.organisations(this.database.manager);
  }

  async facet(query: PublicQuery, facet: Facet, limit: number): Promise<readonly FacetCount[]> {
    return this.datasets.facet(this.database.manager, query, facet, limit);
  }
}
