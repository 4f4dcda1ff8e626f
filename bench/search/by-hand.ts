import type pg from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import type { Question } from './questions.js';

const PAGE = 20;
const SHOWN = `d.id, d.organisation_id, d.title, d.description, d.publisher, d.access, d.sensitivity, d.kind, d.themes, d.keywords, d.licence,
  d.visibility, d.status, d.modified_at`;
const SEEN = `s.status <> 'withdrawn' AND (s.organisation_id = ANY($1) OR (s.status <> 'draft' AND (s.visibility = 'public'
  OR (s.visibility = 'parties' AND s.id IN (SELECT i.dataset_id FROM agreement_party p
    JOIN agreement_version v ON v.agreement_id = p.agreement_id AND v.status = 'active' AND v.ends_at > $2
    JOIN agreement_item i ON i.agreement_id = v.agreement_id AND i.version = v.version
    WHERE p.organisation_id = ANY($1) AND p.status = 'active' AND (p.ends_at IS NULL OR p.ends_at > $2))))))`;

/** The same answers as somebody would write them in SQL: a page with what matched, and counts. On two connections, at once. */
export async function askByHand(
  [first, second]: readonly [pg.Client, pg.Client],
  { words, where, params }: Question,
  organisationIds: readonly string[],
): Promise<number> {
  const values = [organisationIds, systemClock.now(), ...params];
  const conditions = [SEEN, ...where, ...(words === undefined ? [] : [`words @@ ${words}`])];
  const narrowed = `FROM searchable_dataset s WHERE ${conditions.join(' AND ')}`;
  const [page, counts] = await Promise.all([
    first.query(words === undefined ? plainPage(narrowed) : rankedPage(narrowed, words), values),
    second.query<{ facet: string; count: number }>(countsOf(narrowed), values),
  ]);
  const total = counts.rows
    .filter(({ facet }) => facet === 'access')
    .reduce((sum, { count }) => sum + count, 0);
  if (total === 0 && page.rows.length === 0) {
    await first.query(
      `SELECT t.word, array(SELECT w.word FROM dataset_word w ORDER BY w.word <-> t.word LIMIT 5)
       FROM unnest(string_to_array($1, ' ')) t (word)`,
      [params[0]],
    );
  }
  return total;
}

function rankedPage(narrowed: string, words: string): string {
  return `SELECT ${SHOWN}, hit.rank, ts_headline('catalogue', d.title, ${words}, 'HighlightAll=true'),
      ts_headline('catalogue', d.description, ${words}, 'MaxFragments=2, MaxWords=30, MinWords=12')
    FROM (SELECT s.id, ts_rank(names, ${words}) AS rank ${narrowed} ORDER BY 2 DESC, 1 LIMIT ${String(PAGE + 1)}) hit
    JOIN dataset d ON d.id = hit.id ORDER BY hit.rank DESC, d.id`;
}

function plainPage(narrowed: string): string {
  return `SELECT ${SHOWN} FROM (SELECT s.id, s.title ${narrowed} ORDER BY s.title, s.id LIMIT ${String(PAGE + 1)}) hit
    JOIN dataset d ON d.id = hit.id ORDER BY hit.title, d.id`;
}

function countsOf(narrowed: string): string {
  return `WITH found AS MATERIALIZED (
      SELECT access, kind, organisation_id, themes, places, languages ${narrowed}),
    counted AS (
      SELECT 'access' AS facet, access AS value, count(*)::int AS count FROM found GROUP BY 2
      UNION ALL SELECT 'kind', kind, count(*)::int FROM found GROUP BY 2
      UNION ALL SELECT 'organisation', organisation_id::text, count(*)::int FROM found GROUP BY 2
      UNION ALL SELECT 'theme', unnest(themes), count(*)::int FROM found GROUP BY 2
      UNION ALL SELECT 'place', unnest(places), count(*)::int FROM found GROUP BY 2
      UNION ALL SELECT 'language', unnest(languages), count(*)::int FROM found GROUP BY 2)
    SELECT c.*, o.name FROM counted c LEFT JOIN organisation o ON c.facet = 'organisation' AND o.id::text = c.value
    ORDER BY 1, 3 DESC, 2`;
}
