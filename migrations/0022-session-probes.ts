import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a store's STS gave to a probe, sealed, so that the next one sees whether it has ended (grants-and-delivery section 6). */
export class SessionProbes1790000000022 implements MigrationInterface {
  name = 'SessionProbes1790000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE partner_store ADD COLUMN probe_session bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE partner_store DROP COLUMN probe_session');
  }
}
