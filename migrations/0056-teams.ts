import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an organisation shows of itself: its profile and its teams, with the addresses at which they are reached. And sessions
 * that end with the right to them, counted.
 */
export class Teams1790000000056 implements MigrationInterface {
  name = 'Teams1790000000056';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organisation
        ADD COLUMN summary text CHECK (length(summary) BETWEEN 1 AND 2000),
        ADD COLUMN website text CHECK (length(website) BETWEEN 1 AND 2000),
        ADD COLUMN contact text CHECK (length(contact) BETWEEN 3 AND 254);

      CREATE TABLE team (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        purpose text CHECK (length(purpose) BETWEEN 1 AND 500),
        contact text NOT NULL CHECK (length(contact) BETWEEN 3 AND 254),
        is_public boolean NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE UNIQUE INDEX team_name ON team (organisation_id, lower(name)) WHERE ended_at IS NULL;
      CREATE INDEX team_event ON team (audit_event_id);

      -- A member belongs to it for as long as the membership lives; leaving it needs no row of its own.
      CREATE TABLE team_member (
        team_id uuid NOT NULL REFERENCES team,
        membership_id uuid NOT NULL REFERENCES membership,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        PRIMARY KEY (team_id, membership_id)
      );
      CREATE INDEX team_member_of ON team_member (membership_id);
      CREATE INDEX team_member_event ON team_member (audit_event_id);
      GRANT SELECT, INSERT, UPDATE ON team TO concordat_app;
      GRANT SELECT, INSERT, DELETE ON team_member TO concordat_app;

      CREATE FUNCTION end_sessions_of(account_issuer text, account_subject text) RETURNS integer LANGUAGE sql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
          WITH ended AS (DELETE FROM sessions.session WHERE sess #>> '{identity,issuer}' = account_issuer
            AND sess #>> '{identity,subject}' = account_subject RETURNING 1)
          SELECT count(*)::integer FROM ended
        $$;
      REVOKE EXECUTE ON FUNCTION end_sessions_of(text, text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION end_sessions_of(text, text) TO concordat_app;
      CREATE INDEX session_account ON sessions.session
        ((sess #>> '{identity,issuer}'), (sess #>> '{identity,subject}'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX sessions.session_account;
      DROP FUNCTION end_sessions_of;
      DROP TABLE team_member, team;
      ALTER TABLE organisation DROP COLUMN contact, DROP COLUMN website, DROP COLUMN summary;
    `);
  }
}
