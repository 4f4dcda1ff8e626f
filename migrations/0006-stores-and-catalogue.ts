import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Partner stores, datasets, distributions and sealed manifests (domain.md sections 8 and 10). */
export class StoresAndCatalogue1790000000006 implements MigrationInterface {
  name = 'StoresAndCatalogue1790000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE partner_store (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        endpoint text NOT NULL,
        public_endpoint text,
        region text NOT NULL,
        bucket text NOT NULL,
        addressing text NOT NULL CHECK (addressing IN ('path', 'virtual')),
        credentials bytea NOT NULL,
        credential_version int NOT NULL CHECK (credential_version > 0),
        rotated_at timestamptz NOT NULL,
        sts jsonb,
        probe jsonb,
        probed_at timestamptz,
        probe_passed boolean,
        clock_offset_seconds int,
        status text NOT NULL CHECK (status IN ('registered', 'ready', 'suspended', 'retired')),
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        UNIQUE (organisation_id, name)
      );

      -- array_to_string is STABLE for the sake of other element types; of text it is immutable.
      CREATE FUNCTION words_of(words text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN array_to_string(words, ' ');

      CREATE TABLE dataset (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
        description text NOT NULL,
        publisher text NOT NULL,
        contact text NOT NULL,
        access text NOT NULL CHECK (access IN ('open', 'shared', 'closed')),
        access_reason text CHECK (access = 'open' OR access_reason IS NOT NULL),
        sensitivity text NOT NULL,
        tags text[] NOT NULL,
        kind text NOT NULL CHECK (kind IN ('files', 'feed')),
        frequency text,
        fields jsonb NOT NULL,
        population_id uuid NOT NULL,
        store_id uuid NOT NULL REFERENCES partner_store,
        prefix text NOT NULL CHECK (prefix LIKE '%/' AND prefix NOT LIKE '/%'),
        keywords text[] NOT NULL,
        theme text,
        spatial text,
        temporal jsonb,
        licence text NOT NULL,
        visibility text NOT NULL CHECK (visibility IN ('public', 'parties', 'owner')),
        status text NOT NULL CHECK (status IN ('draft', 'published', 'frozen', 'withdrawn')),
        forwarding_note text,
        sealed_version text CHECK (sealed_version ~ '^[0-9a-f]{64}$'),
        -- A seal is asked for, or to be tried again, from then on; null when none is.
        seal_due_at timestamptz,
        -- The attempt that may finish it: whoever claims it next takes it from the one before.
        seal_claim uuid,
        seal_fault text,
        search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english',
          title || ' ' || description || ' ' || publisher || ' ' || words_of(keywords))) STORED,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX dataset_of ON dataset (organisation_id, title, id);
      CREATE INDEX dataset_store ON dataset (store_id);
      CREATE INDEX dataset_list ON dataset (title, id);
      CREATE INDEX dataset_search ON dataset USING gin (search);
      CREATE INDEX dataset_to_seal ON dataset (seal_due_at) WHERE seal_due_at IS NOT NULL;

      CREATE TABLE distribution (
        id uuid PRIMARY KEY,
        dataset_id uuid NOT NULL REFERENCES dataset,
        title text NOT NULL,
        media_type text NOT NULL,
        path text NOT NULL,
        byte_size bigint,
        modified timestamptz,
        discloses_location boolean NOT NULL DEFAULT false,
        removed_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX distribution_of ON distribution (dataset_id);

      CREATE TABLE dataset_version (
        dataset_id uuid NOT NULL REFERENCES dataset,
        version text NOT NULL CHECK (version ~ '^[0-9a-f]{64}$'),
        object_count int NOT NULL,
        size_bytes bigint NOT NULL,
        skipped jsonb NOT NULL,
        sealed_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        PRIMARY KEY (dataset_id, version)
      );
      CREATE TABLE manifest_entry (
        dataset_id uuid NOT NULL,
        version text NOT NULL,
        name text COLLATE "C" NOT NULL,
        size bigint NOT NULL CHECK (size >= 0),
        etag text NOT NULL,
        last_modified timestamptz NOT NULL,
        version_id text,
        sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        PRIMARY KEY (dataset_id, version, name),
        FOREIGN KEY (dataset_id, version) REFERENCES dataset_version
      );

      -- What an attempt to seal has listed so far: nobody reads it until it is complete and copied.
      CREATE TABLE manifest_draft (
        dataset_id uuid NOT NULL REFERENCES dataset,
        attempt_id uuid NOT NULL,
        name text COLLATE "C" NOT NULL,
        size bigint NOT NULL,
        etag text NOT NULL,
        last_modified timestamptz NOT NULL,
        PRIMARY KEY (dataset_id, attempt_id, name)
      );

      GRANT SELECT, INSERT, UPDATE ON partner_store, dataset, distribution, dataset_version TO concordat_app;
      GRANT SELECT, INSERT ON manifest_entry TO concordat_app;
      GRANT SELECT, INSERT, DELETE ON manifest_draft TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE manifest_draft, manifest_entry, dataset_version, distribution, dataset, partner_store;
      DROP FUNCTION words_of;
    `);
  }
}
