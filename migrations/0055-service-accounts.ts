import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Programs of organisations: known by issuer and client, with a person who answers for each (ADR 0056). */
export class ServiceAccounts1790000000055 implements MigrationInterface {
  name = 'ServiceAccounts1790000000055';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE service_account (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        issuer text NOT NULL,
        client_id text NOT NULL,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        accountable_id uuid NOT NULL REFERENCES person,
        roles text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['data_owner', 'researcher']),
        status text NOT NULL CHECK (status IN ('active', 'disabled', 'ended')),
        created_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE UNIQUE INDEX service_account_client ON service_account (issuer, client_id) WHERE status <> 'ended';
      CREATE INDEX service_account_of ON service_account (organisation_id, id);
      CREATE INDEX service_account_accountable ON service_account (accountable_id);
      CREATE INDEX service_account_event ON service_account (audit_event_id);
      GRANT SELECT, INSERT, UPDATE ON service_account TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE service_account');
  }
}
