import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deputies, lapses by date, next review dates, reminders and the outbox of e-mails. */
export class RemindersAndDeputies1790000000012 implements MigrationInterface {
  name = 'RemindersAndDeputies1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delegation (
        id uuid PRIMARY KEY,
        membership_id uuid NOT NULL REFERENCES membership,
        role text NOT NULL CHECK (role IN ('signatory', 'dpo', 'data_owner')),
        deputy_id uuid NOT NULL REFERENCES person,
        starts_on date NOT NULL,
        ends_on date NOT NULL CHECK (ends_on BETWEEN starts_on AND starts_on + 90),
        reason text NOT NULL,
        ended_at timestamptz,
        ended_by uuid REFERENCES person,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX delegation_deputy ON delegation (deputy_id) WHERE ended_at IS NULL;
      CREATE INDEX delegation_giver ON delegation (membership_id);
      CREATE INDEX delegation_due ON delegation (ends_on) WHERE ended_at IS NULL;

      -- Who holds which role where on a London day: their own, and a deputy's while the giver holds it (R3.24).
      -- One SELECT and no more, so that the planner takes it apart and uses the indexes below it.
      CREATE FUNCTION live_role(today date)
        RETURNS TABLE (person_id uuid, organisation_id uuid, role text, delegation_id uuid, giver_id uuid)
        LANGUAGE sql STABLE AS $$
          SELECT m.person_id, m.organisation_id, r.role, NULL::uuid, NULL::uuid
          FROM membership m
            JOIN membership_role r ON r.membership_id = m.id AND r.ended_at IS NULL AND r.starts_on <= today
              AND (r.ends_on IS NULL OR r.ends_on >= today)
            JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
            JOIN person p ON p.id = m.person_id AND p.status = 'active'
          WHERE m.ended_at IS NULL AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
          UNION ALL
          SELECT d.deputy_id, m.organisation_id, d.role, d.id, m.person_id
          FROM delegation d
            JOIN membership m ON m.id = d.membership_id AND m.ended_at IS NULL AND m.starts_on <= today
              AND (m.ends_on IS NULL OR m.ends_on >= today)
            JOIN membership_role r ON r.membership_id = m.id AND r.role = d.role AND r.ended_at IS NULL
              AND r.starts_on <= today AND (r.ends_on IS NULL OR r.ends_on >= today)
            JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
            JOIN person giver ON giver.id = m.person_id AND giver.status = 'active'
            JOIN person p ON p.id = d.deputy_id AND p.status = 'active'
            JOIN membership own ON own.person_id = d.deputy_id AND own.organisation_id = m.organisation_id
              AND own.ended_at IS NULL AND own.starts_on <= today AND (own.ends_on IS NULL OR own.ends_on >= today)
          WHERE d.ended_at IS NULL AND d.starts_on <= today AND d.ends_on >= today
        $$;

      ALTER TABLE training ADD COLUMN lapsed_at timestamptz;
      ALTER TABLE organisation_check ADD COLUMN lapsed_at timestamptz;
      CREATE INDEX accreditation_due ON accreditation (expires_on) WHERE state IN ('recorded', 'verified');
      CREATE INDEX training_due ON training (expires_on) WHERE lapsed_at IS NULL;
      CREATE INDEX organisation_check_due ON organisation_check (expires_on) WHERE lapsed_at IS NULL;
      CREATE INDEX membership_due ON membership (ends_on) WHERE ended_at IS NULL AND ends_on IS NOT NULL;
      CREATE INDEX approval_due ON approval (expires_at) WHERE status = 'proposed';

      -- Outside the signed content (R3.18): absent until the first review, whose day the terms name. Days as text, like
      -- in the terms, so that the two can share one index.
      ALTER TABLE agreement_version
        ADD COLUMN next_review_on text CHECK (next_review_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
        ADD COLUMN next_dpia_review_on text CHECK (next_dpia_review_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$');
      CREATE INDEX agreement_version_review ON agreement_version ((coalesce(next_review_on, terms ->> 'reviewOn')))
        WHERE status IN ('active', 'suspended');

      -- What was said once: a cause, its subject, its day, and how many days ahead (R3.17).
      CREATE TABLE reminder (
        id uuid PRIMARY KEY,
        cause text NOT NULL,
        subject_id uuid NOT NULL,
        due_on date NOT NULL,
        days_ahead int NOT NULL CHECK (days_ahead IN (90, 30, 7)),
        about text NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        UNIQUE (cause, subject_id, due_on, days_ahead)
      );
      CREATE TABLE reminder_recipient (
        reminder_id uuid NOT NULL REFERENCES reminder,
        person_id uuid NOT NULL REFERENCES person,
        -- The London day of the digest that told them.
        digest_on date,
        PRIMARY KEY (reminder_id, person_id)
      );
      CREATE INDEX reminder_recipient_waiting ON reminder_recipient (person_id) WHERE digest_on IS NULL;

      CREATE TABLE mail_outbox (
        id uuid PRIMARY KEY,
        -- The same mail has the same key, so it is put in once.
        dedupe_key text NOT NULL UNIQUE CHECK (length(dedupe_key) BETWEEN 1 AND 200),
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'failed')),
        settled_at timestamptz,
        last_fault text
      );
      CREATE INDEX mail_outbox_due ON mail_outbox (next_attempt_at) WHERE status = 'waiting';
      CREATE INDEX mail_outbox_age ON mail_outbox (created_at);

      GRANT SELECT, INSERT, UPDATE ON delegation, reminder, reminder_recipient TO concordat_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON mail_outbox TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE mail_outbox, reminder_recipient, reminder;
      DROP INDEX agreement_version_review, approval_due, membership_due, organisation_check_due, training_due,
        accreditation_due;
      ALTER TABLE agreement_version DROP COLUMN next_review_on, DROP COLUMN next_dpia_review_on;
      ALTER TABLE organisation_check DROP COLUMN lapsed_at;
      ALTER TABLE training DROP COLUMN lapsed_at;
      DROP FUNCTION live_role;
      DROP TABLE delegation;
    `);
  }
}
