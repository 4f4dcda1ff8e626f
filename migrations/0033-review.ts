import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the reports of the trail read by (domain.md section 5): each question within a second on a million events. */
export class Review1790000000033 implements MigrationInterface {
  name = 'Review1790000000033';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What left, and what was issued to fetch with: by time, and by grant.
      CREATE INDEX audit_event_disclosure ON audit_event (occurred_at DESC, id DESC)
        WHERE type IN ('object.delivered', 'object.cut', 'feed.delivered', 'object.url-issued',
          'object.credential-issued');
      CREATE INDEX audit_event_disclosure_of ON audit_event (grant_id, occurred_at) INCLUDE (type, bytes)
        WHERE type IN ('object.delivered', 'object.cut', 'feed.delivered', 'object.url-issued',
          'object.credential-issued');
      -- Who could reach a dataset when.
      CREATE INDEX grants_of_dataset ON grants (dataset_id, issued_at, id);
      -- Which data should be destroyed and is not.
      CREATE INDEX closure_unsettled ON closure (due_at, id) WHERE status IN ('due', 'overdue');

      CREATE TABLE audit_alert (
        id uuid PRIMARY KEY,
        rule text NOT NULL CHECK (rule IN ('person_volume', 'grant_volume', 'refusals', 'out_of_hours')),
        subject_kind text NOT NULL CHECK (subject_kind IN ('person', 'grant')),
        subject_id uuid NOT NULL,
        -- The London day of what was unusual.
        day date NOT NULL,
        organisation_ids uuid[] NOT NULL,
        -- What was found, what is usual, and the limit that it passed: of bytes or of refusals.
        found bigint NOT NULL,
        usual bigint,
        threshold bigint NOT NULL,
        raised_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        status text NOT NULL CHECK (status IN ('open', 'closed')),
        closed_at timestamptz,
        closed_by uuid REFERENCES person,
        closed_event_id uuid REFERENCES audit_event,
        CHECK ((status = 'closed') = (closed_at IS NOT NULL AND closed_by IS NOT NULL AND closed_event_id IS NOT NULL)),
        -- Closed, it is not raised again for the same day.
        UNIQUE (rule, subject_id, day)
      );
      CREATE INDEX audit_alert_time ON audit_alert (raised_at DESC, id DESC);
      CREATE INDEX audit_alert_event ON audit_alert (audit_event_id);
      CREATE INDEX audit_alert_closed_event ON audit_alert (closed_event_id);
      GRANT SELECT, INSERT, UPDATE (status, closed_at, closed_by, closed_event_id) ON audit_alert TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_alert;
      DROP INDEX closure_unsettled, grants_of_dataset, audit_event_disclosure_of,
        audit_event_disclosure;
    `);
  }
}
