import { Injectable } from '@nestjs/common';
import type { Cell } from '../../platform/web/pages/blocks.js';
import { ThingNamesRepository, type ThingKind } from './thing-names.repository.js';

const PLACES: Readonly<Record<ThingKind, string | undefined>> = {
  organisation: '/organisations',
  dataset: '/datasets',
  agreement: '/agreements',
  // Its page is for its members alone.
  project: undefined,
  access_request: '/requests',
  // Nor has a store a page for others.
  store: undefined,
  person: undefined,
};

/** What pages call things whose id they have: the reader may know of them already, or would not have the id. */
export class ThingNames {
  constructor(
    private readonly things: ReadonlyMap<
      string,
      { readonly kind: ThingKind; readonly name: string; readonly hasPage: boolean }
    >,
  ) {}

  /** @returns the id itself for a thing that is not there. */
  of(id: string | null): string {
    return id === null ? '' : (this.things.get(id)?.name ?? id);
  }

  /** Its name, with a link to its page when it has one. */
  cell(id: string | null): Cell {
    const thing = id === null ? undefined : this.things.get(id);
    const place = thing?.hasPage === true ? PLACES[thing.kind] : undefined;
    return {
      text: this.of(id),
      ...(place !== undefined && id !== null && { href: `${place}/${id}` }),
    };
  }
}

/** Reads names for pages; an API answers with ids alone. */
@Injectable()
export class ThingNaming {
  constructor(private readonly repository: ThingNamesRepository) {}

  /** @param ids of organisations, people, datasets, agreements, projects, access requests and stores; null is none. */
  async of(ids: readonly (string | null)[]): Promise<ThingNames> {
    const wanted = [...new Set(ids.filter((id) => id !== null))];
    const rows = wanted.length === 0 ? [] : await this.repository.find(wanted);
    return new ThingNames(new Map(rows.map(({ id, ...thing }) => [id, thing])));
  }
}
