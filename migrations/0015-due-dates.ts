import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the daily digest looks for, by index: projects that end, and who was told already today (R3.17). */
export class DueDates1790000000015 implements MigrationInterface {
  name = 'DueDates1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX project_due ON project (ends_on) WHERE status = 'active';
      CREATE INDEX reminder_recipient_told ON reminder_recipient (person_id, digest_on) WHERE digest_on IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX reminder_recipient_told, project_due;`);
  }
}
