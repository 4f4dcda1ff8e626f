import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows of events that are not what was committed to, and that no backup gives back: an operator accepts them, once each. */
export class AcceptedDifferences1790000000047 implements MigrationInterface {
  name = 'AcceptedDifferences1790000000047';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE log_halt ADD COLUMN is_accepted boolean NOT NULL DEFAULT false
        CHECK (NOT is_accepted OR (code = 'log_row_differs' AND resumed_at IS NOT NULL));
      CREATE INDEX log_halt_accepted ON log_halt (detail) WHERE is_accepted;
      GRANT UPDATE (is_accepted) ON log_halt TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX log_halt_accepted;
      ALTER TABLE log_halt DROP COLUMN is_accepted;
    `);
  }
}
