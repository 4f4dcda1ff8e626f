import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the public disclosure register walks: approvals, newest first, and the first grant of each (domain.md section 6). */
export class Forms1790000000014 implements MigrationInterface {
  name = 'Forms1790000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX access_decision_approved ON access_decision (id DESC) WHERE decision = 'approved';
      CREATE INDEX grants_of_request ON grants (access_request_id, issued_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX grants_of_request, access_decision_approved;`);
  }
}
