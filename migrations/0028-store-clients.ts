import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A partner's own gateways, which may ask whether a grant's token is live (RFC 7662), each by its public key. */
export class StoreClients1790000000028 implements MigrationInterface {
  name = 'StoreClients1790000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE store_client (
        id uuid PRIMARY KEY,
        store_id uuid NOT NULL REFERENCES partner_store,
        name text NOT NULL,
        kid text NOT NULL,
        public_jwk jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX store_client_of ON store_client (store_id, id);
      CREATE INDEX store_client_event ON store_client (audit_event_id);
      GRANT SELECT, INSERT, UPDATE ON store_client TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE store_client');
  }
}
