import type pg from 'pg';
import { BOROUGHS, CITY, THEMES, TOPICS } from './words.js';

/** The id of the nth organisation or dataset, as SQL. */
const id = (kind: 'a' | 'd', n = 'n'): string =>
  `('0000000${kind}-0000-7000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;

const pick = (terms: readonly string[], by: string): string =>
  `(ARRAY['${terms.map((term) => term.replaceAll("'", "''")).join("', '")}'])[1 + (${by}) % ${String(terms.length)}]`;
/** A number that is the same in every run, from 0 up to another. */
const hashed = (by: string, below: number): string =>
  `(abs(hashint4(${by})::bigint) % ${String(below)})::int`;

/** The words of descriptions: of 5,000 the first are in nearly all, and most in a few. */
const WORDS = `
  CREATE TEMP TABLE word AS SELECT w, (
      SELECT string_agg(substr('bcdfghjklmnprstvw', 1 + ${hashed('w * 7 + k', 17)}, 1)
        || substr('aeiou', 1 + ${hashed('w * 13 + k', 5)}, 1), '') FROM generate_series(1, 2 + w % 3) k) AS word
    FROM generate_series(0, 4999) w`;
const DESCRIPTION = `(SELECT string_agg(word.word, ' ' ORDER BY k) FROM generate_series(1, 60) k
  JOIN word ON word.w = (4999 * power(${hashed('n * 61 + k', 1_000_000)} / 1e6, 3))::int)`;

const SPANS = [' by hour', ' by day', ' by month', ' by ward', ' by street', ' in brief'];
const NAMES = BOROUGHS.map(({ name }) => name);
const CODES = BOROUGHS.map(({ code }) => code);
const TITLE = `initcap(${pick(TOPICS, 'n / 3')}) || ${pick(SPANS, 'n')} || ', ' || ${pick(NAMES, 'n / 5')} || ' ' || 2000 + n % 26`;

/** Organisations, and datasets: eight in ten are public, one is of parties, one is its owner's alone. */
const FILL: readonly string[] = [
  `INSERT INTO organisation SELECT (jsonb_populate_record(x.o, jsonb_build_object('id', ${id('a')}, 'name', 'Borough ' || n,
     'identifier', NULL))).* FROM (SELECT o FROM organisation o WHERE NOT is_operator LIMIT 1) x, generate_series(1, ${String(CITY.organisations)}) n`,
  WORDS,
  'CREATE UNIQUE INDEX ON word (w)',
  `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason, sensitivity, tags,
     kind, fields, population_id, keywords, themes, languages, places, bbox, temporal, licence, visibility, status,
     published_at, modified_at, audit_event_id)
   SELECT ${id('d')}, ${id('a', `1 + n % ${String(CITY.organisations)}`)}, ${TITLE}, ${DESCRIPTION},
     'Borough ' || 1 + n % ${String(CITY.organisations)}, 'data@example.org', ${pick(['open', 'shared', 'closed'], 'n / 2')}, 'By agreement',
     'internal', '{}', CASE WHEN n % 9 = 0 THEN 'feed' ELSE 'files' END,
     '[{"name":"day","type":"date","description":"","class":"other"}]', ${id('d')}, ARRAY[${pick(TOPICS, 'n / 7')}],
     ARRAY[${pick(THEMES, 'n / 3')}, ${pick(THEMES, 'n / 11')}], '{ENG}', ARRAY[${pick(CODES, 'n / 5')}],
     ARRAY[-0.5 + n % 800 / 1000.0, 51.3 + n % 400 / 1000.0, -0.45 + n % 800 / 1000.0, 51.33 + n % 400 / 1000.0],
     jsonb_build_object('startsOn', '2000-01-01'::date + n % 9000, 'endsOn', '2000-01-31'::date + n % 9000), 'OGL-UK-3.0',
     CASE n % 10 WHEN 0 THEN 'parties' WHEN 1 THEN 'owner' ELSE 'public' END, 'published', now(), now() - n * interval '1 minute',
     (SELECT id FROM audit_event LIMIT 1)
   FROM generate_series($1::int, $2::int) n`,
];
const CHUNK = 5_000;

/** Fills a catalogue. Triggers and foreign keys are off meanwhile; what the trigger writes is written as it would. */
export async function makeGround(admin: pg.Client, agreementId: string): Promise<void> {
  await admin.query('SET session_replication_role = replica');
  const datasets = FILL.at(-1) ?? '';
  for (const sql of FILL.slice(0, -1)) {
    await admin.query(sql);
  }
  for (let from = 1; from <= CITY.datasets; from += CHUNK) {
    await admin.query(datasets, [from, from + CHUNK - 1]);
  }
  await admin.query(
    `INSERT INTO searchable_dataset SELECT * FROM dataset_as_searched d
     WHERE NOT EXISTS (SELECT FROM searchable_dataset s WHERE s.id = d.id)`,
  );
  await admin.query(
    `INSERT INTO dataset_word SELECT DISTINCT word FROM (SELECT word FROM word UNION ALL
       SELECT unnest(tsvector_to_array(to_tsvector('catalogue_plain', title || ' ' || publisher))) FROM dataset) w
     WHERE word ~ '^[[:alpha:]][[:alnum:]]{2,39}$' AND NOT EXISTS (SELECT FROM dataset_word k WHERE k.word = w.word)`,
  );
  // The party that asks may know of a thousand datasets that others may not.
  await admin.query(
    `INSERT INTO agreement_item (agreement_id, version, dataset_id)
     SELECT $1, v.version, ${id('d', 'n * 10')} FROM generate_series(1, 1000) n,
       (SELECT version FROM agreement_version WHERE agreement_id = $1 AND status = 'active') v`,
    [agreementId],
  );
  await admin.query('SET session_replication_role = DEFAULT');
  await admin.query('VACUUM ANALYZE');
}
