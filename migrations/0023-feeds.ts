import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Live feeds: what the watcher has seen of a prefix that grows, numbered (grants-and-delivery section 7). */
export class Feeds1790000000023 implements MigrationInterface {
  name = 'Feeds1790000000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE feed (
        dataset_id uuid PRIMARY KEY REFERENCES dataset,
        -- Numbers are given under the lock of this row: no gap, and none comes late.
        last_number bigint NOT NULL DEFAULT 0,
        -- When the first look at the whole prefix ended; before it nobody can say what is new.
        watched_at timestamptz,
        watch_due_at timestamptz NOT NULL,
        watch_claim uuid,
        watch_fault text
      );
      CREATE INDEX feed_due ON feed (watch_due_at);

      CREATE TABLE feed_entry (
        dataset_id uuid NOT NULL REFERENCES feed,
        number bigint NOT NULL,
        change text NOT NULL CHECK (change IN ('available', 'withdrawn')),
        name text COLLATE "C" NOT NULL,
        size bigint NOT NULL,
        etag text NOT NULL,
        last_modified timestamptz NOT NULL,
        noticed_at timestamptz NOT NULL,
        PRIMARY KEY (dataset_id, number)
      );

      -- What lies under the prefix now, each with the entry that made it available.
      CREATE TABLE feed_object (
        dataset_id uuid NOT NULL,
        name text COLLATE "C" NOT NULL,
        number bigint NOT NULL,
        PRIMARY KEY (dataset_id, name),
        FOREIGN KEY (dataset_id, number) REFERENCES feed_entry
      );
      CREATE UNIQUE INDEX feed_object_number ON feed_object (dataset_id, number);

      CREATE INDEX dataset_feeds ON dataset (id) WHERE kind = 'feed' AND status = 'published';

      GRANT SELECT, INSERT, UPDATE ON feed TO concordat_app;
      GRANT SELECT, INSERT ON feed_entry TO concordat_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON feed_object TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX dataset_feeds;
      DROP TABLE feed_object, feed_entry, feed;
    `);
  }
}
