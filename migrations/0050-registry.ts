import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the registry says of a dataset beside where it lies: steward, coverage in space, quality, languages, versions, links.
 * And datasets that lie in no store: described, or open elsewhere.
 */
export class Registry1790000000050 implements MigrationInterface {
  name = 'Registry1790000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dataset
        ALTER COLUMN store_id DROP NOT NULL,
        ALTER COLUMN prefix DROP NOT NULL,
        ADD CONSTRAINT dataset_place CHECK ((store_id IS NULL) = (prefix IS NULL)),
        ADD COLUMN steward_person_id uuid REFERENCES person,
        ADD COLUMN steward_contact text CHECK (length(steward_contact) BETWEEN 1 AND 300),
        ADD COLUMN themes text[] NOT NULL DEFAULT '{}',
        ADD COLUMN languages text[] NOT NULL DEFAULT '{ENG}',
        ADD COLUMN places text[] NOT NULL DEFAULT '{}',
        ADD COLUMN bbox double precision[] CHECK (cardinality(bbox) = 4 AND array_position(bbox, NULL) IS NULL
          AND bbox[1] BETWEEN -180 AND bbox[3] AND bbox[3] <= 180 AND bbox[2] BETWEEN -90 AND bbox[4] AND bbox[4] <= 90),
        ADD COLUMN quality_notes text,
        ADD COLUMN landing_page text,
        ADD COLUMN published_at timestamptz,
        ADD COLUMN modified_at timestamptz NOT NULL DEFAULT '-infinity',
        -- Of a record that was read from another catalogue: which source, what it is called there, when it was last there.
        ADD COLUMN origin_source_id uuid,
        ADD COLUMN origin_identifier text,
        ADD COLUMN origin_fetched_at timestamptz,
        ADD COLUMN origin_vanished_at timestamptz,
        ADD CONSTRAINT dataset_origin CHECK ((origin_source_id IS NULL) = (origin_identifier IS NULL)
          AND (origin_source_id IS NULL) = (origin_fetched_at IS NULL)
          AND (origin_source_id IS NOT NULL OR origin_vanished_at IS NULL));
      UPDATE dataset SET themes = ARRAY[theme] WHERE theme IS NOT NULL;
      UPDATE dataset d SET modified_at = e.occurred_at FROM audit_event e WHERE e.id = d.audit_event_id;
      ALTER TABLE dataset DROP COLUMN theme;
      CREATE UNIQUE INDEX dataset_of_origin ON dataset (origin_source_id, origin_identifier);
      CREATE INDEX dataset_steward ON dataset (steward_person_id) WHERE steward_person_id IS NOT NULL;

      -- Every change of a dataset has its event, so whoever writes one cannot forget when it was.
      CREATE FUNCTION dataset_modified() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.modified_at := (SELECT occurred_at FROM audit_event WHERE id = NEW.audit_event_id);
        RETURN NEW;
      END $$;
      CREATE TRIGGER dataset_modified BEFORE INSERT OR UPDATE OF audit_event_id ON dataset
        FOR EACH ROW EXECUTE FUNCTION dataset_modified();

      -- Open data may lie elsewhere, at an address of the web; without either, a form is only described.
      ALTER TABLE distribution
        ALTER COLUMN path DROP NOT NULL,
        ADD COLUMN download_url text,
        ADD COLUMN access_url text,
        ADD CONSTRAINT distribution_place CHECK (path IS NULL OR (download_url IS NULL AND access_url IS NULL));

      CREATE TABLE dataset_link (
        dataset_id uuid NOT NULL REFERENCES dataset,
        related_id uuid NOT NULL REFERENCES dataset,
        kind text NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        PRIMARY KEY (dataset_id, related_id, kind),
        CHECK (dataset_id <> related_id)
      );
      CREATE INDEX dataset_link_to ON dataset_link (related_id);
      CREATE INDEX dataset_link_event ON dataset_link (audit_event_id);
      CREATE INDEX dataset_version_history ON dataset_version (dataset_id, sealed_at DESC, version);
      GRANT SELECT, INSERT, DELETE ON dataset_link TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX dataset_version_history;
      DROP TABLE dataset_link;
      ALTER TABLE distribution
        DROP CONSTRAINT distribution_place,
        DROP COLUMN access_url,
        DROP COLUMN download_url,
        ALTER COLUMN path SET NOT NULL;
      DROP TRIGGER dataset_modified ON dataset;
      DROP FUNCTION dataset_modified;
      ALTER TABLE dataset ADD COLUMN theme text;
      UPDATE dataset SET theme = themes[1];
      ALTER TABLE dataset
        DROP CONSTRAINT dataset_origin,
        DROP COLUMN origin_vanished_at,
        DROP COLUMN origin_fetched_at,
        DROP COLUMN origin_identifier,
        DROP COLUMN origin_source_id,
        DROP COLUMN modified_at,
        DROP COLUMN published_at,
        DROP COLUMN landing_page,
        DROP COLUMN quality_notes,
        DROP COLUMN bbox,
        DROP COLUMN places,
        DROP COLUMN languages,
        DROP COLUMN themes,
        DROP COLUMN steward_contact,
        DROP COLUMN steward_person_id,
        DROP CONSTRAINT dataset_place,
        ALTER COLUMN prefix SET NOT NULL,
        ALTER COLUMN store_id SET NOT NULL;
    `);
  }
}
