import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DatasetSummary } from '../dataset.view.js';
import type { Viewer } from '../visibility.repository.js';
import { MARKS } from './highlight.rules.js';
import { conditionsOf } from './search-conditions.js';
import type { SearchWords } from './search-words.rules.js';
import { wordsSql } from './words-sql.js';
import type { PageQuery, Search, Sort } from './search.types.js';

/** A dataset that was found, with its place in the order. */
export interface Hit extends DatasetSummary {
  readonly modifiedAt: Date;
  readonly key: number | string;
  /** With marks around what was looked for; null without words. */
  readonly markedTitle: string | null;
  readonly markedDescription: string | null;
}

const RANK = `ts_rank(dataset.names, $any::tsquery)::float8`;

/** The key of each sort, least first, and its type. */
const KEYS = {
  relevance: { key: `-${RANK}`, type: 'float8', order: `-${RANK}, dataset.id` },
  title: { key: 'dataset.title', type: 'text', order: 'dataset.title, dataset.id' },
  newest: {
    key: 'dataset.modified_at',
    type: 'timestamptz',
    order: 'dataset.modified_at DESC, dataset.id',
  },
} as const satisfies Record<Sort, { key: string; type: string; order: string }>;

const COLUMNS = `
  d.id, d.organisation_id AS "organisationId", d.title, d.description, d.publisher, d.access, d.sensitivity, d.kind, d.themes,
  d.keywords, d.licence, d.visibility, d.status, d.modified_at AS "modifiedAt"`;

const marked = (column: string, options: string): string =>
  `ts_headline('catalogue', ${column}, $words::tsquery, 'StartSel=${MARKS.start}, StopSel=${MARKS.stop}, ${options}')`;
const MARKED = `${marked('d.title', 'HighlightAll=true')} AS "markedTitle",
  ${marked('d.description', 'MaxFragments=2, MaxWords=30, MinWords=12')} AS "markedDescription"`;
const UNMARKED = 'NULL AS "markedTitle", NULL AS "markedDescription"';

@Injectable()
export class SearchRepository {
  /** @returns a `tsquery`; the empty text where no word of it is to be found: what only says `-not` would be read for in all there is. */
  async queryOf(manager: EntityManager, words: SearchWords): Promise<string> {
    const params: string[] = [];
    const sql = wordsSql(words, (value) => `$${String(params.push(value))}`);
    const [row] = await manager.query<{ query: string }[]>(
      `SELECT query::text FROM (SELECT ${sql} AS query) q WHERE querytree(query) <> 'T'`,
      params,
    );
    return row?.query ?? '';
  }

  async page(
    manager: EntityManager,
    search: Search,
    viewer: Viewer,
    { sort, after, limit, isHighlighted }: PageQuery,
  ): Promise<readonly Hit[]> {
    const { where, params } = conditionsOf(search, viewer);
    const values = [...params];
    const use = (value: unknown): string => `$${String(values.push(value))}`;
    const { key, type, order } = KEYS[sort];
    const started =
      after === null
        ? ''
        : `AND ${afterStart(sort, `${use(after.key)}::${type}`, `${use(after.id)}::uuid`)}`;
    const sql = `SELECT ${COLUMNS}, ${sort === 'newest' ? 'hit.key::text' : 'hit.key'} AS key,
         ${isHighlighted && search.words !== null ? MARKED : UNMARKED}
       FROM (SELECT dataset.id, ${key} AS key FROM searchable_dataset dataset WHERE ${where} ${started}
         ORDER BY ${order} LIMIT ${use(limit)}) hit
       JOIN dataset d ON d.id = hit.id ORDER BY hit.key ${sort === 'newest' ? 'DESC' : ''}, d.id`;
    // All of the words are found, but not all need be in what is ranked by.
    const named = { $any: search.words?.replaceAll('&', '|'), $words: search.words };
    const numbered = Object.entries(named).reduce(
      (text, [name, value]) => (text.includes(name) ? text.replaceAll(name, use(value)) : text),
      sql,
    );
    return manager.query<Hit[]>(numbered, values);
  }
}

function afterStart(sort: Sort, key: string, id: string): string {
  return sort === 'newest'
    ? `dataset.modified_at <= ${key} AND (dataset.modified_at < ${key} OR dataset.id > ${id})`
    : `(${KEYS[sort].key}, dataset.id) > (${key}, ${id})`;
}
