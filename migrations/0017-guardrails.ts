import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deny rules are looked up by the guardrail, to be replaced, and by dataset and action, to be counted (policy section 4). */
export class Guardrails1790000000017 implements MigrationInterface {
  name = 'Guardrails1790000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX policy_rule_open_deny ON policy_rule (guardrail_id) WHERE effect = 'deny' AND to_version IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX policy_rule_open_deny');
  }
}
