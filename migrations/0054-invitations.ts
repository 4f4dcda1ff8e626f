import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Invitations are sent, ended and forgotten: who invited and in which role, how often the mail went out, and how it ended. An
 * invitation that has ended keeps no address. A mail may carry a secret, sealed until it is sent (ADR 0054).
 */
export class Invitations1790000000054 implements MigrationInterface {
  name = 'Invitations1790000000054';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE invitation
        ALTER COLUMN email DROP NOT NULL,
        ADD COLUMN invited_by uuid NOT NULL REFERENCES person,
        ADD COLUMN invited_as text NOT NULL CHECK (invited_as IN ('data_owner', 'platform_admin')),
        ADD COLUMN invited_at timestamptz NOT NULL,
        ADD COLUMN sent int NOT NULL DEFAULT 1 CHECK (sent > 0),
        ADD COLUMN status text NOT NULL DEFAULT 'open'
          CHECK (status IN ('open', 'accepted', 'withdrawn', 'expired')),
        ADD COLUMN ended_at timestamptz,
        ADD COLUMN membership_id uuid REFERENCES membership,
        ADD CHECK (status <> 'open' OR email IS NOT NULL),
        ADD CHECK ((status = 'open') = (ended_at IS NULL)),
        ADD CHECK ((status = 'accepted') = (accepted_by IS NOT NULL)),
        ADD CHECK ((status = 'accepted') = (membership_id IS NOT NULL));
      CREATE UNIQUE INDEX invitation_open ON invitation (organisation_id, lower(email)) WHERE status = 'open';
      CREATE INDEX invitation_of ON invitation (organisation_id, id);
      CREATE INDEX invitation_by ON invitation (invited_by) WHERE status = 'open';
      CREATE INDEX invitation_due ON invitation (expires_at) WHERE status = 'open';
      CREATE INDEX invitation_accepted ON invitation (accepted_by) WHERE accepted_by IS NOT NULL;
      CREATE INDEX invitation_event ON invitation (audit_event_id);

      ALTER TABLE mail_outbox ADD COLUMN sealed bytea;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE mail_outbox DROP COLUMN sealed;
      DROP INDEX invitation_event, invitation_accepted, invitation_due, invitation_by, invitation_of, invitation_open;
      UPDATE invitation SET email = 'erased' WHERE email IS NULL;
      ALTER TABLE invitation DROP COLUMN membership_id, DROP COLUMN ended_at, DROP COLUMN status, DROP COLUMN sent,
        DROP COLUMN invited_at, DROP COLUMN invited_as, DROP COLUMN invited_by, ALTER COLUMN email SET NOT NULL;
    `);
  }
}
