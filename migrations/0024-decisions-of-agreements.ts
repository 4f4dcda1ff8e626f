import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Decisions are replayed under the draft of one agreement: they are found by it (policy section 5). */
export class DecisionsOfAgreements1790000000024 implements MigrationInterface {
  name = 'DecisionsOfAgreements1790000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX decision_record_agreement ON decision_record (agreement_id, decided_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX decision_record_agreement');
  }
}
