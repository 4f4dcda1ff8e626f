import type { MigrationInterface, QueryRunner } from 'typeorm';

/** DPoP proofs that were shown, by digest: each is good once (RFC 9449 section 11.1). */
export class UsedProofs1790000000025 implements MigrationInterface {
  name = 'UsedProofs1790000000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE used_proof (
        -- SHA-256 of who holds the key, a zero byte and the proof's jti.
        digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
        forget_after timestamptz NOT NULL
      );
      CREATE INDEX used_proof_forget ON used_proof (forget_after);
      GRANT SELECT, INSERT, DELETE ON used_proof TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE used_proof');
  }
}
