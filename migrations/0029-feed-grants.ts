import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From which number of a feed a grant begins; null for grants on files (grants-and-delivery section 7). */
export class FeedGrants1790000000029 implements MigrationInterface {
  name = 'FeedGrants1790000000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE grants ADD COLUMN feed_after bigint CHECK (feed_after >= 0);
      -- Whether a withdrawn object was ever a grant's to see.
      CREATE INDEX feed_entry_name ON feed_entry (dataset_id, name, number);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX feed_entry_name;
      ALTER TABLE grants DROP COLUMN feed_after;
    `);
  }
}
