import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What stores' own access logs say of reads, and how far they have been read (R5.4). */
export class AccessLogs1790000000035 implements MigrationInterface {
  name = 'AccessLogs1790000000035';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE partner_store ADD COLUMN access_log jsonb;

      -- One row for each store whose log is read, whoever reads it next.
      CREATE TABLE access_log (
        store_id uuid PRIMARY KEY REFERENCES partner_store,
        -- Requests from before are not looked at.
        since timestamptz NOT NULL,
        read_due_at timestamptz NOT NULL,
        claim uuid,
        -- Every log object up to this key was read or passed over, and is too old for another to come before it.
        floor_key text COLLATE "C" NOT NULL DEFAULT '',
        -- Every log object that the store listed then has been read.
        read_at timestamptz,
        newest_line_at timestamptz,
        lines bigint NOT NULL DEFAULT 0,
        unreadable_lines bigint NOT NULL DEFAULT 0,
        unread_objects bigint NOT NULL DEFAULT 0,
        fault text
      );
      CREATE INDEX access_log_due ON access_log (read_due_at);

      CREATE TABLE access_log_object (
        store_id uuid NOT NULL REFERENCES access_log ON DELETE CASCADE,
        key text COLLATE "C" NOT NULL,
        PRIMARY KEY (store_id, key)
      );

      -- A read of a dataset's object. Never where it came from, nor what it was signed with.
      CREATE TABLE observed_read (
        store_id uuid NOT NULL REFERENCES partner_store,
        request_id text NOT NULL,
        read_at timestamptz NOT NULL,
        dataset_id uuid NOT NULL REFERENCES dataset,
        object_name text NOT NULL,
        bytes bigint NOT NULL CHECK (bytes >= 0),
        -- A keyed fingerprint.
        requester text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('own', 'stream', 'observed', 'unmatched')),
        reason text CHECK ((verdict = 'unmatched') = (reason IS NOT NULL)),
        unexplained_bytes bigint NOT NULL CHECK (unexplained_bytes BETWEEN 0 AND bytes),
        grant_id uuid REFERENCES grants,
        -- The event that the read named: of the stream, or of the URL.
        cited_event_id uuid REFERENCES audit_event,
        -- The event that tells of it; not yet, or never: null.
        audit_event_id uuid REFERENCES audit_event,
        PRIMARY KEY (store_id, request_id)
      );
      CREATE INDEX observed_read_time ON observed_read (store_id, read_at);
      CREATE INDEX observed_read_cited ON observed_read (cited_event_id) WHERE cited_event_id IS NOT NULL;
      CREATE INDEX observed_read_untold ON observed_read (store_id)
        WHERE audit_event_id IS NULL AND verdict IN ('observed', 'unmatched');
      CREATE INDEX observed_read_told ON observed_read (store_id, dataset_id, read_at)
        WHERE verdict IN ('observed', 'unmatched');

      GRANT SELECT, INSERT, UPDATE, DELETE ON access_log, access_log_object, observed_read TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE observed_read, access_log_object, access_log;
      ALTER TABLE partner_store DROP COLUMN access_log;
    `);
  }
}
