import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Personal access tokens for scripts: their digests, what they are good for and until when (grants-and-delivery section 3). */
export class PersonalTokens1790000000026 implements MigrationInterface {
  name = 'PersonalTokens1790000000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE personal_token (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        name text NOT NULL,
        -- SHA-256: a token has 256 random bits, so nothing slower is needed.
        digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
        scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
        auth_level smallint NOT NULL CHECK (auth_level BETWEEN 1 AND 3),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at <= created_at + interval '90 days'),
        ended_at timestamptz,
        last_used_on date,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX personal_token_of ON personal_token (person_id, id);
      CREATE INDEX personal_token_event ON personal_token (audit_event_id);
      GRANT SELECT, INSERT, UPDATE ON personal_token TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE personal_token');
  }
}
