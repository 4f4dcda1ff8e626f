import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What probes found, one after the other (grants-and-delivery section 6, "Probe"). */
export class StoreProbes1790000000030 implements MigrationInterface {
  name = 'StoreProbes1790000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE store_probe (
        id uuid PRIMARY KEY,
        store_id uuid NOT NULL REFERENCES partner_store,
        ran_at timestamptz NOT NULL,
        passed boolean NOT NULL,
        checks jsonb NOT NULL
      );
      CREATE INDEX store_probe_of ON store_probe (store_id, id);
      GRANT SELECT, INSERT, DELETE ON store_probe TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE store_probe');
  }
}
