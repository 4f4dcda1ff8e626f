import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exports of the audit trail: which events, as whom, and their content while it is kept (ADR 0037). */
export class AuditExports1790000000034 implements MigrationInterface {
  name = 'AuditExports1790000000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_export (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        -- In whose name it was asked for, and whose events that showed then; null: everybody's (R5.8).
        organisation_id uuid NOT NULL REFERENCES organisation,
        sees uuid[],
        format text NOT NULL CHECK (format IN ('csv', 'jsonl', 'pack')),
        -- name=value; never a person's.
        filters text[] NOT NULL,
        -- What a pack holds the documents of.
        grant_id uuid,
        access_request_id uuid,
        agreement_id uuid,
        event_count int NOT NULL CHECK (event_count >= 0),
        written int NOT NULL DEFAULT 0,
        status text NOT NULL CHECK (status IN ('queued', 'running', 'ready', 'failed', 'expired')),
        reason text,
        created_at timestamptz NOT NULL,
        -- When it is looked at next: queued, to be made; running, to be made again by another; else, to be ended.
        due_at timestamptz NOT NULL,
        claim uuid,
        attempts int NOT NULL DEFAULT 0,
        chunks int NOT NULL DEFAULT 0,
        bytes bigint NOT NULL DEFAULT 0,
        sha256 bytea CHECK (octet_length(sha256) = 32),
        expires_at timestamptz NOT NULL,
        -- When the key of the content was destroyed.
        settled_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        CHECK ((status = 'running') = (claim IS NOT NULL)),
        CHECK ((status = 'ready') <= (sha256 IS NOT NULL)),
        CHECK ((status IN ('failed', 'expired')) = (reason IS NOT NULL))
      );
      CREATE INDEX audit_export_of ON audit_export (person_id, id);
      CREATE INDEX audit_export_due ON audit_export (due_at) WHERE status IN ('queued', 'running');
      CREATE INDEX audit_export_expiring ON audit_export (expires_at) WHERE status IN ('queued', 'running', 'ready');
      CREATE INDEX audit_export_unsettled ON audit_export (id) WHERE status IN ('failed', 'expired') AND settled_at IS NULL;
      CREATE INDEX audit_export_old ON audit_export (expires_at) WHERE settled_at IS NOT NULL;

      -- The events that were found when it was asked for, oldest first. No reference to the event: none is ever deleted.
      CREATE TABLE audit_export_event (
        export_id uuid NOT NULL REFERENCES audit_export ON DELETE CASCADE,
        n int NOT NULL,
        event_id uuid NOT NULL,
        PRIMARY KEY (export_id, n)
      );

      -- The content, encrypted under a key of the export's own, which lies in the secrets database.
      CREATE TABLE audit_export_chunk (
        export_id uuid NOT NULL REFERENCES audit_export ON DELETE CASCADE,
        n int NOT NULL,
        body bytea NOT NULL CHECK (octet_length(body) <= 524288),
        PRIMARY KEY (export_id, n)
      );
      ALTER TABLE audit_export_chunk ALTER COLUMN body SET STORAGE EXTERNAL;

      GRANT SELECT, INSERT, UPDATE, DELETE ON audit_export, audit_export_event, audit_export_chunk TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_export_chunk, audit_export_event, audit_export');
  }
}
