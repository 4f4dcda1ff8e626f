import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Other catalogues that are read again and again, and what each reading found (ADR 0052). */
export class Harvest1790000000052 implements MigrationInterface {
  name = 'Harvest1790000000052';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE harvest_source (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        format text NOT NULL CHECK (format IN ('ckan', 'data_json', 'dcat')),
        url text NOT NULL CHECK (length(url) <= 2000),
        every_hours integer NOT NULL CHECK (every_hours BETWEEN 1 AND 744),
        visibility text NOT NULL CHECK (visibility IN ('public', 'owner')),
        status text NOT NULL CHECK (status IN ('active', 'stopped')),
        -- When it is read next; while it is read, when another worker may take over.
        due_at timestamptz NOT NULL,
        claim uuid,
        is_full_due boolean NOT NULL DEFAULT true,
        -- From when on changes are asked for: the begin of the last reading that ended well.
        read_from timestamptz,
        full_read_at timestamptz,
        etag text CHECK (length(etag) <= 500),
        failures integer NOT NULL DEFAULT 0,
        fault text,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE UNIQUE INDEX harvest_source_name ON harvest_source (organisation_id, name);
      CREATE UNIQUE INDEX harvest_source_url ON harvest_source (organisation_id, format, url);
      CREATE INDEX harvest_source_due ON harvest_source (due_at) WHERE status = 'active';
      CREATE INDEX harvest_source_event ON harvest_source (audit_event_id);

      CREATE TABLE harvest_run (
        id uuid PRIMARY KEY,
        source_id uuid NOT NULL REFERENCES harvest_source,
        is_full boolean NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        outcome text CHECK (outcome IN ('completed', 'failed')),
        fault text,
        -- Where it goes on after a crash: what the source calls the next page.
        cursor text,
        pages integer NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        total integer,
        is_steady boolean NOT NULL DEFAULT true,
        is_all_read boolean NOT NULL DEFAULT false,
        entries integer NOT NULL DEFAULT 0,
        seen integer NOT NULL DEFAULT 0,
        added integer NOT NULL DEFAULT 0,
        changed integer NOT NULL DEFAULT 0,
        unchanged integer NOT NULL DEFAULT 0,
        refused integer NOT NULL DEFAULT 0,
        duplicates integer NOT NULL DEFAULT 0,
        vanished integer NOT NULL DEFAULT 0,
        returned integer NOT NULL DEFAULT 0,
        CHECK ((ended_at IS NULL) = (outcome IS NULL))
      );
      CREATE INDEX harvest_run_of ON harvest_run (source_id, id);
      CREATE UNIQUE INDEX harvest_run_one ON harvest_run (source_id) WHERE ended_at IS NULL;

      -- While a run lasts: which records it has met, so that none is taken twice and what is missing is known at its end.
      CREATE TABLE harvest_seen (
        run_id uuid NOT NULL REFERENCES harvest_run,
        identifier text NOT NULL,
        PRIMARY KEY (run_id, identifier)
      );

      CREATE TABLE harvest_entry (
        run_id uuid NOT NULL REFERENCES harvest_run,
        number integer NOT NULL,
        change text NOT NULL CHECK (change IN ('added', 'changed', 'refused', 'duplicate', 'vanished', 'returned')),
        identifier text,
        title text,
        dataset_id uuid REFERENCES dataset,
        same_as uuid REFERENCES dataset,
        reasons jsonb NOT NULL,
        PRIMARY KEY (run_id, number)
      );
      CREATE INDEX harvest_entry_dataset ON harvest_entry (dataset_id) WHERE dataset_id IS NOT NULL;
      CREATE INDEX harvest_entry_same_as ON harvest_entry (same_as) WHERE same_as IS NOT NULL;

      CREATE TABLE harvest_record (
        dataset_id uuid PRIMARY KEY REFERENCES dataset,
        -- Of the description as it was taken in: while it is the same, nothing is written.
        digest text NOT NULL
      );

      ALTER TABLE dataset ADD CONSTRAINT dataset_origin_source FOREIGN KEY (origin_source_id) REFERENCES harvest_source;
      -- Nobody is granted what another catalogue says.
      ALTER TABLE dataset ADD CONSTRAINT dataset_origin_place CHECK (origin_source_id IS NULL OR store_id IS NULL);
      CREATE INDEX dataset_same_title ON dataset (lower(title), lower(publisher));
      -- By hash: an address may be longer than an entry of a B-tree.
      CREATE INDEX distribution_download ON distribution USING hash (download_url);

      GRANT SELECT, INSERT, UPDATE ON harvest_source, harvest_run, harvest_record TO concordat_app;
      GRANT SELECT, INSERT, DELETE ON harvest_seen, harvest_entry TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX distribution_download;
      DROP INDEX dataset_same_title;
      ALTER TABLE dataset DROP CONSTRAINT dataset_origin_place, DROP CONSTRAINT dataset_origin_source;
      DROP TABLE harvest_record;
      DROP TABLE harvest_entry;
      DROP TABLE harvest_seen;
      DROP TABLE harvest_run;
      DROP TABLE harvest_source;
    `);
  }
}
