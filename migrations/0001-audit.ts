import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit tables in their final form (audit-log section 7): event, payload, pending set, leaves and state. Triggers
 * refuse UPDATE, DELETE and TRUNCATE to every role, also with session_replication_role = replica (section 10).
 */
export class Audit1790000000001 implements MigrationInterface {
  name = 'Audit1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_event (
        id uuid PRIMARY KEY,
        type text NOT NULL,
        occurred_at timestamptz NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('success', 'refused', 'failed')),
        person_ids uuid[] NOT NULL,
        organisation_ids uuid[] NOT NULL,
        target_type text,
        target_id text,
        project_id uuid,
        dataset_id uuid,
        agreement_id uuid,
        access_request_id uuid,
        grant_id uuid,
        reason_codes text[] NOT NULL,
        bytes bigint,
        leaf bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 1024),
        leaf_hash bytea NOT NULL GENERATED ALWAYS AS (sha256('\\x00'::bytea || leaf)) STORED,
        digests bytea NOT NULL CHECK (octet_length(digests) % 32 = 0)
      );
      CREATE INDEX audit_event_time ON audit_event (occurred_at DESC, id DESC);
      CREATE INDEX audit_event_type ON audit_event (type, occurred_at DESC, id DESC);
      CREATE INDEX audit_event_people ON audit_event USING gin (person_ids);
      CREATE INDEX audit_event_organisations ON audit_event USING gin (organisation_ids);
      CREATE INDEX audit_event_dataset ON audit_event (dataset_id, occurred_at DESC, id DESC)
        WHERE dataset_id IS NOT NULL;
      CREATE INDEX audit_event_agreement ON audit_event (agreement_id, occurred_at DESC, id DESC)
        WHERE agreement_id IS NOT NULL;
      CREATE INDEX audit_event_grant ON audit_event (grant_id, occurred_at DESC, id DESC)
        WHERE grant_id IS NOT NULL;
      CREATE INDEX audit_event_project ON audit_event (project_id, occurred_at DESC, id DESC)
        WHERE project_id IS NOT NULL;
      CREATE INDEX audit_event_request ON audit_event (access_request_id, occurred_at DESC, id DESC)
        WHERE access_request_id IS NOT NULL;
      CREATE INDEX audit_event_target ON audit_event (target_type, target_id, occurred_at DESC);
      CREATE INDEX audit_event_refused ON audit_event (occurred_at DESC, id DESC) WHERE outcome <> 'success';

      CREATE TABLE audit_payload (
        event_id uuid NOT NULL REFERENCES audit_event,
        subject_id uuid NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (event_id, subject_id)
      );
      CREATE TABLE audit_pending (
        event_id uuid PRIMARY KEY REFERENCES audit_event,
        enqueued_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX audit_pending_order ON audit_pending (enqueued_at, event_id);
      CREATE TABLE log_leaf (
        idx bigint PRIMARY KEY CHECK (idx >= 0),
        event_id uuid NOT NULL UNIQUE REFERENCES audit_event,
        leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
      );
      CREATE TABLE log_state (
        id int PRIMARY KEY CHECK (id = 1),
        size bigint NOT NULL,
        root bytea NOT NULL,
        right_edge bytea[] NOT NULL,
        epoch bigint NOT NULL,
        published_size bigint NOT NULL,
        published_at timestamptz NOT NULL
      );

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% on % is refused: the audit trail is append-only', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'CN001';
      END $$;

      -- One exception: the eraser deletes payload rows (audit-log section 11).
      CREATE FUNCTION refuse_payload_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND current_user = 'concordat_eraser' THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION '% on % is refused: the audit trail is append-only', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'CN001';
      END $$;

      CREATE FUNCTION enqueue_audit_events() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        INSERT INTO audit_pending (event_id) SELECT id FROM inserted;
        RETURN NULL;
      END $$;

      CREATE TRIGGER audit_event_enqueue AFTER INSERT ON audit_event
        REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION enqueue_audit_events();

      CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER audit_payload_append_only BEFORE UPDATE OR DELETE ON audit_payload
        FOR EACH ROW EXECUTE FUNCTION refuse_payload_change();
      CREATE TRIGGER audit_payload_no_truncate BEFORE TRUNCATE ON audit_payload
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER log_leaf_append_only BEFORE UPDATE OR DELETE ON log_leaf
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER log_leaf_no_truncate BEFORE TRUNCATE ON log_leaf
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_enqueue;
      ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_append_only;
      ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_no_truncate;
      ALTER TABLE audit_payload ENABLE ALWAYS TRIGGER audit_payload_append_only;
      ALTER TABLE audit_payload ENABLE ALWAYS TRIGGER audit_payload_no_truncate;
      ALTER TABLE log_leaf ENABLE ALWAYS TRIGGER log_leaf_append_only;
      ALTER TABLE log_leaf ENABLE ALWAYS TRIGGER log_leaf_no_truncate;

      GRANT USAGE ON SCHEMA public TO concordat_app, concordat_sequencer, concordat_publisher, concordat_eraser;
      GRANT SELECT, INSERT ON audit_event, audit_payload TO concordat_app;
      GRANT SELECT ON log_leaf TO concordat_app;
      GRANT SELECT (id, published_size, published_at) ON log_state TO concordat_app;
      GRANT SELECT ON audit_event TO concordat_sequencer;
      GRANT SELECT, DELETE ON audit_pending TO concordat_sequencer;
      GRANT SELECT, INSERT ON log_leaf TO concordat_sequencer;
      GRANT SELECT, UPDATE ON log_state TO concordat_sequencer;
      GRANT SELECT ON audit_event, audit_pending, log_leaf, log_state TO concordat_publisher;
      GRANT UPDATE (published_size, published_at) ON log_state TO concordat_publisher;
      GRANT SELECT, DELETE ON audit_payload TO concordat_eraser;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE log_state, log_leaf, audit_pending, audit_payload, audit_event;
      DROP FUNCTION refuse_change(), refuse_payload_change(), enqueue_audit_events();
      REVOKE USAGE ON SCHEMA public FROM concordat_app, concordat_sequencer, concordat_publisher, concordat_eraser;
    `);
  }
}
