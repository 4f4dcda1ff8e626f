import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Policy versions and rules: typed columns, closed by version and never deleted (policy section 7). */
export class Policy1790000000003 implements MigrationInterface {
  name = 'Policy1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE policy_head (
        id int PRIMARY KEY CHECK (id = 1),
        version bigint NOT NULL
      );
      INSERT INTO policy_head (id, version) VALUES (1, 0);
      CREATE TABLE policy_version (
        version bigint PRIMARY KEY,
        parent bigint NOT NULL,
        published_by uuid,
        approved_by uuid,
        published_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE TABLE policy_rule (
        id uuid PRIMARY KEY,
        guardrail_id text,
        dataset_id uuid,
        action text NOT NULL,
        recipients uuid[] NOT NULL,
        effect text NOT NULL CHECK (effect IN ('allow', 'deny')),
        condition jsonb NOT NULL,
        condition_sha256 bytea NOT NULL CHECK (octet_length(condition_sha256) = 32),
        message text,
        agreement_id uuid,
        agreement_version int,
        reference text,
        from_version bigint NOT NULL REFERENCES policy_version,
        to_version bigint REFERENCES policy_version,
        CHECK (effect = 'deny' OR (agreement_id IS NOT NULL AND agreement_version IS NOT NULL AND dataset_id IS NOT NULL)),
        CHECK (effect = 'allow' OR guardrail_id IS NOT NULL)
      );
      CREATE UNIQUE INDEX policy_rule_open_allow ON policy_rule (agreement_id, agreement_version, dataset_id, action)
        WHERE effect = 'allow' AND to_version IS NULL;
      CREATE INDEX policy_rule_open ON policy_rule (from_version, id) WHERE to_version IS NULL;
      CREATE INDEX policy_rule_closed ON policy_rule (to_version, id) WHERE to_version IS NOT NULL;
      GRANT SELECT, UPDATE ON policy_head TO concordat_app;
      GRANT SELECT, INSERT ON policy_version TO concordat_app;
      GRANT SELECT, INSERT ON policy_rule TO concordat_app;
      GRANT UPDATE (to_version) ON policy_rule TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE policy_rule, policy_version, policy_head;');
  }
}
