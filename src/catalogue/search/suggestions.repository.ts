import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Viewer } from '../visibility.repository.js';
import { visibleSql } from '../visibility.repository.js';
import { readWords } from './search-words.rules.js';
import { wordsSql } from './words-sql.js';

const MAX_NEAR = 4;
const MAX_COMPLETIONS = 30;

/**
 * The words of titles, keywords and publishers, whoever may see them: to be shown to nobody before `found` has said that they
 * lead somebody to something.
 */
@Injectable()
export class SuggestionsRepository {
  /** Words that a word may have been meant for, the nearest first. */
  async near(
    manager: EntityManager,
    words: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await manager.query<{ word: string; near: string[] }[]>(
      `SELECT typed.word, ARRAY(
         SELECT c.word FROM (SELECT DISTINCT w.word FROM (
             SELECT word FROM dataset_word ORDER BY word <-> plain.word LIMIT 24) w) c
         WHERE c.word <> plain.word AND levenshtein(c.word, plain.word) <= greatest(1, length(plain.word) / 3)
         ORDER BY levenshtein(c.word, plain.word), c.word <-> plain.word, c.word LIMIT ${String(MAX_NEAR)}) AS near
       FROM unnest($1::text[]) typed(word), LATERAL (SELECT lower(unaccent(typed.word)) AS word) plain`,
      [words],
    );
    return new Map(rows.map(({ word, near }) => [word, near]));
  }

  /** Words that begin so, the shortest first. */
  async completions(manager: EntityManager, beginning: string): Promise<readonly string[]> {
    const rows = await manager.query<{ word: string }[]>(
      `SELECT DISTINCT length(word), word FROM dataset_word
       WHERE word >= lower(unaccent($1)) AND word < lower(unaccent($1)) || chr(x'10FFFF'::int) ORDER BY 1, 2
       LIMIT ${String(MAX_COMPLETIONS)}`,
      [beginning],
    );
    return rows.map(({ word }) => word);
  }

  /** Those of the texts by which the viewer finds something, in their order. */
  async found(
    manager: EntityManager,
    texts: readonly string[],
    { organisationIds, now }: Viewer,
  ): Promise<readonly string[]> {
    if (texts.length === 0) {
      return [];
    }
    const params: unknown[] = [organisationIds, now];
    const use = (value: string): string => `$${String(params.push(value))}`;
    const values = texts.map((text, at) => `(${String(at)}, ${wordsSql(readWords(text), use)})`);
    const rows = await manager.query<{ at: number }[]>(
      `SELECT asked.at FROM (VALUES ${values.join(', ')}) asked (at, query)
       WHERE querytree(asked.query) <> 'T' AND EXISTS (SELECT FROM searchable_dataset dataset WHERE dataset.words @@ asked.query
         AND dataset.status <> 'withdrawn' AND ${visibleSql('dataset', '$1', '$2')} OFFSET 0)
       ORDER BY asked.at`,
      params,
    );
    return rows.flatMap(({ at }) => texts[at] ?? []);
  }
}
