import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The broker's own signing keys: private halves wrapped by the KEK, public halves kept after retirement. */
export class SigningKeys1790000000002 implements MigrationInterface {
  name = 'SigningKeys1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        purpose text NOT NULL,
        state text NOT NULL CHECK (state IN ('next', 'active', 'retired', 'compromised')),
        public_jwk jsonb NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX signing_key_active ON signing_key (purpose) WHERE state = 'active';
      GRANT SELECT, INSERT, UPDATE ON signing_key TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE signing_key;');
  }
}
