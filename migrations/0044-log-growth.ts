import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How large the published log was when, once an hour: partial tiles go a day after their full one came (audit-log section 4).
 * Rows that are older than the last one whose partial tiles are gone go with them.
 */
export class LogGrowth1790000000044 implements MigrationInterface {
  name = 'LogGrowth1790000000044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_growth (
        size bigint PRIMARY KEY CHECK (size >= 0),
        seen_at timestamptz NOT NULL,
        partials_removed boolean NOT NULL DEFAULT false
      );
      GRANT SELECT, INSERT, DELETE, UPDATE (partials_removed) ON log_growth TO concordat_publisher;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE log_growth');
  }
}
