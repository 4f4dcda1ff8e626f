import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a signing key is in its state: what rotation and publication go by (grants-and-delivery section 1, "Keys"). */
export class KeyRotation1790000000027 implements MigrationInterface {
  name = 'KeyRotation1790000000027';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE signing_key ADD COLUMN since timestamptz NOT NULL DEFAULT now();
      UPDATE signing_key SET since = created_at;
      CREATE UNIQUE INDEX signing_key_next ON signing_key (purpose) WHERE state = 'next';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX signing_key_next;
      ALTER TABLE signing_key DROP COLUMN since;
    `);
  }
}
