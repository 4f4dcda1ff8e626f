import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PLACES } from '../places/gazetteer.js';
import { publicSql, type Viewer } from '../visibility.repository.js';
import { conditionsOf } from './search-conditions.js';
import { FACETS, type Facet, type Facets, type FacetValue, type Search } from './search.types.js';

interface Row {
  readonly facet: Facet;
  readonly value: string;
  readonly label: string | null;
  readonly count: number;
}

const MAX_VALUES = 50;

@Injectable()
export class FacetsRepository {
  /** How many are found, and how many of each value. Each facet's commonest first. */
  async count(
    manager: EntityManager,
    search: Search,
    viewer: Viewer,
  ): Promise<{ readonly total: number; readonly facets: Facets }> {
    const { where, params } = conditionsOf(search, viewer);
    const isEverything = Object.values(search).every((value) => value === null);
    const rows = await manager.query<Row[]>(
      `WITH alike AS (
         ${isEverything ? everythingAlike(where) : alike(where)}),
       counted AS (
         SELECT split_part(tag, ':', 1) AS facet, split_part(tag, ':', 2) AS value, sum(count)::int AS count
         FROM alike, string_to_table(facets, ' ') tag GROUP BY 1, 2),
       numbered AS (
         SELECT *, row_number() OVER (PARTITION BY facet ORDER BY count DESC, value) AS place FROM counted)
       SELECT n.facet, n.value, o.name AS label, n.count FROM numbered n
         LEFT JOIN organisation o ON n.facet = 'organisation' AND o.id::text = n.value
       WHERE n.place <= ${String(MAX_VALUES)} ORDER BY n.facet, n.place`,
      [...params],
    );
    const facets = Object.fromEntries(
      FACETS.map((facet) => [facet, rows.filter((row) => row.facet === facet).map(toValue)]),
    ) as unknown as Facets;
    // Every dataset has one access.
    return { total: facets.access.reduce((sum, { count }) => sum + count, 0), facets };
  }
}

/** Alike ones are counted as one: there are a hundred times fewer kinds of them than datasets. */
function alike(where: string): string {
  return `SELECT coalesce(what_facets, whose_facets) AS facets, count(*) AS count FROM searchable_dataset dataset
    WHERE ${where} GROUP BY GROUPING SETS ((what_facets), (whose_facets))`;
}

/** The same where nothing narrows it: what is public has an index in which like stands by like. */
function everythingAlike(where: string): string {
  const isPublic = publicSql('dataset');
  const grouped = ['what_facets', 'whose_facets'].map(
    (facets) => `SELECT ${facets} AS facets, count(*) AS count FROM searchable_dataset dataset
      WHERE ${isPublic} GROUP BY 1`,
  );
  return [...grouped, alike(`NOT ${isPublic} AND ${where}`)].join(' UNION ALL ');
}

function toValue({ facet, value, label, count }: Row): FacetValue {
  const name = facet === 'place' ? PLACES.get(value)?.name : label;
  return { value, ...(typeof name === 'string' && { label: name }), count };
}
