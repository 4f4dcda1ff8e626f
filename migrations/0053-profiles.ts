import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a sample of a dataset proposes for its description, until its owner confirms it; and how many rows a dataset has. */
export class Profiles1790000000053 implements MigrationInterface {
  name = 'Profiles1790000000053';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- {"count": 3, "isExact": true}: nobody counts a feed.
      ALTER TABLE dataset ADD COLUMN row_count jsonb CHECK (jsonb_typeof(row_count -> 'count') = 'number');

      CREATE TABLE dataset_profile (
        dataset_id uuid PRIMARY KEY REFERENCES dataset,
        id uuid NOT NULL UNIQUE,
        status text NOT NULL CHECK (status IN ('due', 'proposed', 'failed')),
        requested_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        -- From when a worker may take it; null once it has ended.
        due_at timestamptz,
        -- The attempt that may end it.
        claim uuid,
        attempts int NOT NULL DEFAULT 0,
        -- Names, types and days. Of the data it holds nothing else.
        proposal jsonb,
        fault text,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        CHECK ((status = 'due') = (due_at IS NOT NULL)),
        CHECK ((status = 'proposed') = (proposal IS NOT NULL)),
        CHECK ((status = 'failed') = (fault IS NOT NULL))
      );
      CREATE INDEX dataset_profile_due ON dataset_profile (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX dataset_profile_expiry ON dataset_profile (expires_at);
      CREATE INDEX dataset_profile_event ON dataset_profile (audit_event_id);
      GRANT SELECT, INSERT, UPDATE, DELETE ON dataset_profile TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE dataset_profile;
      ALTER TABLE dataset DROP COLUMN row_count;
    `);
  }
}
