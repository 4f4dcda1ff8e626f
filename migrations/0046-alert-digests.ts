import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Alerts that nobody was told of yet: one mail tells of all of them. */
export class AlertDigests1790000000046 implements MigrationInterface {
  name = 'AlertDigests1790000000046';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- False where it says nothing: a worker of the build before this one tells of its alerts itself.
      ALTER TABLE audit_alert ADD COLUMN is_untold boolean NOT NULL DEFAULT false;
      CREATE INDEX audit_alert_untold ON audit_alert (raised_at, id) WHERE is_untold;
      GRANT UPDATE (is_untold) ON audit_alert TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX audit_alert_untold;
      ALTER TABLE audit_alert DROP COLUMN is_untold;
    `);
  }
}
