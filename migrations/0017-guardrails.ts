import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules are looked up by what they concern, to be counted and replaced, and by the version that brought them (policy section 5). */
export class Guardrails1790000000017 implements MigrationInterface {
  name = 'Guardrails1790000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX policy_rule_deny ON policy_rule (action, dataset_id) WHERE effect = 'deny';
      -- One open rule for each action of a guardrail, whoever publishes at once.
      CREATE UNIQUE INDEX policy_rule_open_deny ON policy_rule (dataset_id, action, guardrail_id) NULLS NOT DISTINCT
        WHERE effect = 'deny' AND to_version IS NULL;
      CREATE INDEX policy_rule_guardrail ON policy_rule (guardrail_id, dataset_id, from_version) WHERE effect = 'deny';
      -- Whom a guardrail of all datasets may concern.
      CREATE INDEX access_request_open ON access_request (id)
        WHERE status IN ('submitted', 'in_review', 'returned', 'approved');
      CREATE INDEX policy_rule_from ON policy_rule (from_version);
      CREATE INDEX policy_rule_allow ON policy_rule (dataset_id, action) WHERE effect = 'allow';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX policy_rule_allow, policy_rule_from, access_request_open, policy_rule_guardrail, policy_rule_open_deny,
      policy_rule_deny`);
  }
}
