import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Console sessions, in a schema of their own that only their login may touch. `sid` holds SHA-256 of the session id. */
export class Sessions1790000000004 implements MigrationInterface {
  name = 'Sessions1790000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA sessions;
      CREATE TABLE sessions.session (
        sid text PRIMARY KEY,
        sess json NOT NULL,
        expire timestamptz NOT NULL
      );
      CREATE INDEX session_expire ON sessions.session (expire);
      GRANT USAGE ON SCHEMA sessions TO concordat_session;
      GRANT SELECT, INSERT, UPDATE, DELETE ON sessions.session TO concordat_session;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sessions.session; DROP SCHEMA sessions;');
  }
}
