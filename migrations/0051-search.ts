import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is searched of a dataset, in a table of narrow rows beside it, and the words that spelling is corrected to. */
export class Search1790000000051 implements MigrationInterface {
  name = 'Search1790000000051';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION pg_trgm;
      CREATE EXTENSION unaccent;
      CREATE EXTENSION fuzzystrmatch;
      -- English stems without accents, and the words themselves, for beginnings of words.
      CREATE TEXT SEARCH CONFIGURATION catalogue (COPY = pg_catalog.english);
      ALTER TEXT SEARCH CONFIGURATION catalogue ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
      CREATE TEXT SEARCH CONFIGURATION catalogue_plain (COPY = pg_catalog.simple);
      ALTER TEXT SEARCH CONFIGURATION catalogue_plain ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

      -- Rows of dataset are wide: counting a third of 100,000 there takes five times as long. Its trigger keeps this up to date
      -- in the same transaction. Columns that the rule of visibility reads have the names they have there.
      CREATE TABLE searchable_dataset (
        id uuid PRIMARY KEY REFERENCES dataset ON DELETE CASCADE,
        organisation_id uuid NOT NULL,
        visibility text COLLATE "C" NOT NULL,
        status text COLLATE "C" NOT NULL,
        access text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        title text COLLATE "C" NOT NULL,
        modified_at timestamptz NOT NULL,
        themes text[] NOT NULL,
        places text[] NOT NULL,
        languages text[] NOT NULL,
        area box,
        days daterange,
        -- 'name:value name:value': datasets that are alike are counted as one, and few are not like others.
        what_facets text COLLATE "C" NOT NULL,
        whose_facets text COLLATE "C" NOT NULL,
        -- To rank by: a long description would have every word more often.
        names tsvector NOT NULL,
        -- To find by, in the index alone; out of line, so that ranking and counting read a third of the pages. PostgreSQL moves
        -- values out only of rows above two kilobytes, which no setting lowers, so each row has room that compresses to nothing.
        words tsvector STORAGE EXTERNAL NOT NULL,
        room text STORAGE MAIN NOT NULL DEFAULT repeat(' ', 2100)
      ) WITH (toast_tuple_target = 128);
      ALTER TABLE searchable_dataset
        ALTER title SET STORAGE MAIN, ALTER themes SET STORAGE MAIN, ALTER places SET STORAGE MAIN,
        ALTER languages SET STORAGE MAIN, ALTER days SET STORAGE MAIN, ALTER names SET STORAGE MAIN,
        ALTER what_facets SET STORAGE MAIN, ALTER whose_facets SET STORAGE MAIN, ALTER visibility SET STORAGE MAIN,
        ALTER status SET STORAGE MAIN, ALTER access SET STORAGE MAIN, ALTER kind SET STORAGE MAIN;
      CREATE INDEX searchable_words ON searchable_dataset USING gin (words) WITH (fastupdate = off);
      CREATE INDEX searchable_title ON searchable_dataset (title, id);
      CREATE INDEX searchable_newest ON searchable_dataset (modified_at DESC, id);
      CREATE INDEX searchable_of ON searchable_dataset (organisation_id, title, id);
      CREATE INDEX searchable_themes ON searchable_dataset USING gin (themes) WITH (fastupdate = off);
      CREATE INDEX searchable_places ON searchable_dataset USING gin (places) WITH (fastupdate = off);
      CREATE INDEX searchable_area ON searchable_dataset USING gist (area);
      CREATE INDEX searchable_days ON searchable_dataset USING gist (days);

      -- For counting all there is: what everybody may know of, already in groups, and the rest. A half of a megabyte each.
      CREATE INDEX searchable_public_what ON searchable_dataset (what_facets)
        WHERE visibility = 'public' AND status IN ('published', 'frozen');
      CREATE INDEX searchable_public_whose ON searchable_dataset (whose_facets)
        WHERE visibility = 'public' AND status IN ('published', 'frozen');
      CREATE INDEX searchable_rest ON searchable_dataset (organisation_id)
        INCLUDE (id, visibility, status, what_facets, whose_facets)
        WHERE NOT (visibility = 'public' AND status IN ('published', 'frozen'));

      -- No unique key: two who brought the same new word at once would wait for each other, and could for ever.
      CREATE TABLE dataset_word (word text COLLATE "C" NOT NULL);
      CREATE INDEX dataset_word_start ON dataset_word (word);
      -- GiST: the nearest of a mistyped short word may share but two groups of letters, too few for an index that takes a bound.
      CREATE INDEX dataset_word_near ON dataset_word USING gist (word gist_trgm_ops);

      -- A day as ISO 8601 writes it; a cast would heed the session's DateStyle.
      CREATE FUNCTION iso_day(day text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE WHEN day ~ '^\\d{4}-\\d{2}-\\d{2}$'
          THEN make_date(left(day, 4)::int, substr(day, 6, 2)::int, right(day, 2)::int) END;

      CREATE FUNCTION tagged(name text, terms text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (SELECT coalesce(string_agg(' ' || name || ':' || term, '' ORDER BY term), '') FROM unnest(terms) term);

      -- What the table is to hold.
      CREATE VIEW dataset_as_searched AS
        SELECT
          d.id, d.organisation_id, d.visibility, d.status, d.access, d.kind, d.title, d.modified_at, d.themes, d.places,
          d.languages,
          CASE WHEN d.bbox IS NOT NULL THEN box(point(d.bbox[1], d.bbox[2]), point(d.bbox[3], d.bbox[4])) END AS area,
          CASE WHEN d.temporal IS NOT NULL
            THEN daterange(iso_day(d.temporal ->> 'startsOn'), iso_day(d.temporal ->> 'endsOn'), '[]') END AS days,
          'access:' || d.access || ' kind:' || d.kind || tagged('theme', d.themes) || tagged('language', d.languages) AS what_facets,
          'organisation:' || d.organisation_id || tagged('place', d.places) AS whose_facets,
          n.names,
          strip(to_tsvector('catalogue_plain', d.title || ' ' || words_of(d.keywords))) || n.names
            || setweight(to_tsvector('catalogue', d.description), 'D')
            || setweight(jsonb_to_tsvector('catalogue', jsonb_path_query_array(d.fields, '$[*].name'), '["string"]'), 'D') AS words
        FROM dataset d, LATERAL (SELECT setweight(to_tsvector('catalogue', d.title), 'A')
            || setweight(to_tsvector('catalogue', words_of(d.keywords)), 'B')
            || setweight(to_tsvector('catalogue_plain', words_of(d.places)), 'B')
            || setweight(to_tsvector('catalogue', d.publisher || ' ' || coalesce(d.spatial, '')), 'C') AS names OFFSET 0) n;

      CREATE FUNCTION dataset_made_searchable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO searchable_dataset SELECT * FROM dataset_as_searched s WHERE s.id = NEW.id
        ON CONFLICT (id) DO UPDATE SET (organisation_id, visibility, status, access, kind, title, modified_at, themes, places,
            languages, area, days, what_facets, whose_facets, names, words)
          = ROW(EXCLUDED.organisation_id, EXCLUDED.visibility, EXCLUDED.status, EXCLUDED.access, EXCLUDED.kind, EXCLUDED.title,
            EXCLUDED.modified_at, EXCLUDED.themes, EXCLUDED.places, EXCLUDED.languages, EXCLUDED.area, EXCLUDED.days,
            EXCLUDED.what_facets, EXCLUDED.whose_facets, EXCLUDED.names, EXCLUDED.words);
        INSERT INTO dataset_word
        SELECT word FROM unnest(tsvector_to_array(to_tsvector('catalogue_plain',
            NEW.title || ' ' || words_of(NEW.keywords) || ' ' || NEW.publisher))) word
        WHERE word ~ '^[[:alpha:]][[:alnum:]]{2,39}$' AND NOT EXISTS (SELECT FROM dataset_word w WHERE w.word = word.word);
        RETURN NULL;
      END $$;
      CREATE TRIGGER dataset_made_searchable AFTER INSERT OR UPDATE OF organisation_id, visibility, status, access, kind, title,
          description, publisher, keywords, fields, themes, places, languages, spatial, bbox, temporal, modified_at, audit_event_id
        ON dataset FOR EACH ROW EXECUTE FUNCTION dataset_made_searchable();

      INSERT INTO searchable_dataset SELECT * FROM dataset_as_searched;
      INSERT INTO dataset_word SELECT DISTINCT word FROM dataset d, unnest(tsvector_to_array(to_tsvector('catalogue_plain',
        d.title || ' ' || words_of(d.keywords) || ' ' || d.publisher))) word WHERE word ~ '^[[:alpha:]][[:alnum:]]{2,39}$';
      GRANT SELECT, INSERT, UPDATE ON searchable_dataset TO concordat_app;
      GRANT SELECT ON dataset_as_searched TO concordat_app;
      GRANT SELECT, INSERT ON dataset_word TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER dataset_made_searchable ON dataset;
      DROP FUNCTION dataset_made_searchable;
      DROP VIEW dataset_as_searched;
      DROP FUNCTION tagged;
      DROP FUNCTION iso_day;
      DROP TABLE dataset_word;
      DROP TABLE searchable_dataset;
      DROP TEXT SEARCH CONFIGURATION catalogue_plain;
      DROP TEXT SEARCH CONFIGURATION catalogue;
      DROP EXTENSION fuzzystrmatch;
      DROP EXTENSION unaccent;
      DROP EXTENSION pg_trgm;
    `);
  }
}
