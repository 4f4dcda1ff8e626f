import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Grants, their decision records and the streams they open (grants-and-delivery sections 1 and 4, policy section 4). */
export class Grants1790000000009 implements MigrationInterface {
  name = 'Grants1790000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE decision_record (
        id uuid PRIMARY KEY,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        person_id uuid NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('allow', 'deny')),
        reason text NOT NULL,
        policy_version bigint NOT NULL,
        attributes_hash bytea NOT NULL CHECK (octet_length(attributes_hash) = 32),
        -- The salt and the attributes, encrypted under the person's key: erased together.
        attributes bytea NOT NULL,
        rule_ids uuid[] NOT NULL,
        failed jsonb NOT NULL,
        explanation text NOT NULL,
        decided_at timestamptz NOT NULL
      );
      CREATE INDEX decision_record_event ON decision_record (audit_event_id);

      CREATE TABLE grants (
        id uuid PRIMARY KEY,
        access_request_id uuid NOT NULL REFERENCES access_request,
        person_id uuid NOT NULL REFERENCES person,
        organisation_id uuid NOT NULL REFERENCES organisation,
        project_id uuid NOT NULL REFERENCES project,
        agreement_id uuid NOT NULL,
        agreement_version int NOT NULL,
        dataset_id uuid NOT NULL REFERENCES dataset,
        dataset_version text,
        provider_id uuid NOT NULL REFERENCES organisation,
        store_id uuid NOT NULL REFERENCES partner_store,
        delivery text NOT NULL CHECK (delivery IN ('stream', 'presign', 'sts', 'feed', 'view', 'aggregate')),
        status text NOT NULL CHECK (status IN ('issued', 'active', 'expired', 'revoked', 'exhausted')),
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text,
        epoch int NOT NULL DEFAULT 1,
        jkt text,
        max_revocation_seconds int NOT NULL,
        policy_version bigint NOT NULL,
        max_bytes bigint,
        bytes_reserved bigint NOT NULL DEFAULT 0,
        bytes_delivered bigint NOT NULL DEFAULT 0,
        max_downloads int,
        downloads int NOT NULL DEFAULT 0,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        FOREIGN KEY (agreement_id, agreement_version) REFERENCES agreement_version,
        CHECK ((status IN ('issued', 'active')) = (ended_at IS NULL))
      );
      CREATE UNIQUE INDEX grants_live_twin ON grants (person_id, access_request_id)
        WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_agreement ON grants (agreement_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_dataset ON grants (dataset_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_store ON grants (store_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_project ON grants (project_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_person ON grants (person_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_organisation ON grants (organisation_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_live_provider ON grants (provider_id) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_due ON grants (expires_at) WHERE status IN ('issued', 'active');
      CREATE INDEX grants_of_person ON grants (person_id, id);
      CREATE INDEX grants_of_provider ON grants (provider_id, id);

      CREATE TABLE grant_object (
        grant_id uuid NOT NULL REFERENCES grants,
        name text COLLATE "C" NOT NULL,
        PRIMARY KEY (grant_id, name)
      );

      CREATE TABLE issue_idempotency (
        principal_id uuid NOT NULL,
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
        body_sha256 bytea NOT NULL,
        grant_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (principal_id, key)
      );
      CREATE INDEX issue_idempotency_age ON issue_idempotency (created_at);

      CREATE TABLE open_stream (
        id uuid PRIMARY KEY,
        grant_id uuid NOT NULL REFERENCES grants,
        node_id uuid NOT NULL,
        object_name text NOT NULL,
        reserved_bytes bigint NOT NULL,
        opened_at timestamptz NOT NULL,
        lease_until timestamptz NOT NULL,
        opened_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX open_stream_lease ON open_stream (lease_until);
      CREATE INDEX open_stream_node ON open_stream (node_id);

      GRANT SELECT, INSERT ON decision_record, grant_object TO concordat_app;
      GRANT SELECT, INSERT, UPDATE ON grants TO concordat_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON issue_idempotency TO concordat_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON open_stream TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE open_stream, issue_idempotency, grant_object, grants, decision_record;`,
    );
  }
}
