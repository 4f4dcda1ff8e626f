import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a decision was about, and what narrowed it: with its attributes, all that a replay needs (policy section 4). */
export class DecisionReplay1790000000018 implements MigrationInterface {
  name = 'DecisionReplay1790000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE decision_record
        ADD COLUMN agreement_id uuid,
        ADD COLUMN agreement_version int,
        ADD COLUMN dataset_id uuid,
        ADD COLUMN action text,
        -- Conditions of the owner's decision.
        ADD COLUMN narrowing jsonb,
        ADD COLUMN not_after timestamptz;
      CREATE INDEX decision_record_time ON decision_record (decided_at, id);
      CREATE INDEX decision_record_dataset ON decision_record (dataset_id, decided_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX decision_record_dataset, decision_record_time;
      ALTER TABLE decision_record DROP COLUMN agreement_id, DROP COLUMN agreement_version, DROP COLUMN dataset_id,
        DROP COLUMN action, DROP COLUMN narrowing, DROP COLUMN not_after;
    `);
  }
}
