import type { MigrationInterface, QueryRunner } from 'typeorm';

const USES = `('object.delivered', 'object.cut', 'feed.delivered', 'object.url-issued', 'object.credential-issued')`;

/** Alerts by rule, subject and day; how far their sweep has read the log; and which data is not yet vouched to be gone. */
export class Alerts1790000000042 implements MigrationInterface {
  name = 'Alerts1790000000042';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Nobody has written any: the rules come with this table.
      DROP TABLE audit_alert;
      CREATE TABLE audit_alert (
        id uuid PRIMARY KEY,
        rule text NOT NULL CHECK (rule IN ('bytes', 'reads', 'refusals', 'guessing', 'out_of_hours')),
        subject_kind text NOT NULL CHECK (subject_kind IN ('person', 'grant', 'organisation')),
        subject_id uuid NOT NULL,
        -- The London day of what was unusual.
        day date NOT NULL,
        -- Whose officers see it.
        organisation_ids uuid[] NOT NULL,
        -- What was found when it was raised, what is usual, and what was enough: of the rule's unit.
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
        UNIQUE (rule, subject_kind, subject_id, day)
      );
      CREATE INDEX audit_alert_time ON audit_alert (raised_at DESC, id DESC);
      CREATE INDEX audit_alert_open ON audit_alert (raised_at DESC, id DESC) WHERE status = 'open';
      CREATE INDEX audit_alert_organisations ON audit_alert USING gin (organisation_ids);
      CREATE INDEX audit_alert_event ON audit_alert (audit_event_id);
      CREATE INDEX audit_alert_closed_event ON audit_alert (closed_event_id);
      GRANT SELECT, INSERT, UPDATE (status, closed_at, closed_by, closed_event_id) ON audit_alert TO concordat_app;

      -- The place of the log from which nothing was looked at. Its row is the lock of the sweep. What happened before there
      -- were alerts raises none.
      CREATE TABLE audit_alert_cursor (id int PRIMARY KEY CHECK (id = 1), next_idx bigint NOT NULL CHECK (next_idx >= 0));
      INSERT INTO audit_alert_cursor (id, next_idx) SELECT 1, coalesce(max(idx) + 1, 0) FROM log_leaf;
      GRANT SELECT, UPDATE (next_idx) ON audit_alert_cursor TO concordat_app;

      -- What was read under a grant, by London day: added up as the sweep passes, so that a past is not read again.
      CREATE TABLE audit_alert_volume (
        grant_id uuid NOT NULL REFERENCES grants,
        day date NOT NULL,
        bytes bigint NOT NULL,
        reads bigint NOT NULL,
        out_of_hours bigint NOT NULL,
        PRIMARY KEY (grant_id, day)
      );
      CREATE INDEX audit_alert_volume_day ON audit_alert_volume (day);
      INSERT INTO audit_alert_volume (grant_id, day, bytes, reads, out_of_hours)
        SELECT e.grant_id, (e.occurred_at AT TIME ZONE 'Europe/London')::date, coalesce(sum(e.bytes), 0), count(*), 0
        FROM audit_event e JOIN log_leaf l ON l.event_id = e.id
        WHERE e.type IN ${USES} AND e.grant_id IS NOT NULL AND e.occurred_at > now() - interval '30 days'
        GROUP BY 1, 2;
      GRANT SELECT, INSERT, DELETE, UPDATE (bytes, reads, out_of_hours) ON audit_alert_volume TO concordat_app;

      DROP INDEX closure_unsettled;
      CREATE INDEX closure_unverified ON closure (due_at, id) WHERE status IN ('due', 'overdue', 'attested');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX closure_unverified;
      CREATE INDEX closure_unsettled ON closure (due_at, id) WHERE status IN ('due', 'overdue');
      DROP TABLE audit_alert_volume, audit_alert_cursor, audit_alert;
      CREATE TABLE audit_alert (
        id uuid PRIMARY KEY,
        rule text NOT NULL CHECK (rule IN ('person_volume', 'grant_volume', 'refusals', 'out_of_hours')),
        subject_kind text NOT NULL CHECK (subject_kind IN ('person', 'grant')),
        subject_id uuid NOT NULL,
        day date NOT NULL,
        organisation_ids uuid[] NOT NULL,
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
        UNIQUE (rule, subject_id, day)
      );
      CREATE INDEX audit_alert_time ON audit_alert (raised_at DESC, id DESC);
      CREATE INDEX audit_alert_event ON audit_alert (audit_event_id);
      CREATE INDEX audit_alert_closed_event ON audit_alert (closed_event_id);
      GRANT SELECT, INSERT, UPDATE (status, closed_at, closed_by, closed_event_id) ON audit_alert TO concordat_app;
    `);
  }
}
