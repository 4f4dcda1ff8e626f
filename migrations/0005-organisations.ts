import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organisations and people (domain.md section 10), references, idempotency, and the approvals of two-person acts. */
export class Organisations1790000000005 implements MigrationInterface {
  name = 'Organisations1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency (
        principal_id uuid NOT NULL,
        route text NOT NULL,
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
        body_sha256 bytea NOT NULL,
        answer jsonb,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (principal_id, route, key)
      );
      CREATE INDEX idempotency_age ON idempotency (created_at);

      CREATE TABLE reference_counter (
        series text NOT NULL,
        year int NOT NULL,
        last int NOT NULL,
        PRIMARY KEY (series, year)
      );

      CREATE TABLE organisation (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
        kind text NOT NULL CHECK (kind IN ('borough', 'agency', 'company', 'university', 'charity')),
        identifier_scheme text
          CHECK (identifier_scheme IN ('ons', 'ods', 'ror', 'companies_house', 'charity_number')),
        identifier_value text,
        public_authority boolean NOT NULL,
        is_operator boolean NOT NULL DEFAULT false,
        status text NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        UNIQUE (identifier_scheme, identifier_value),
        CHECK ((identifier_scheme IS NULL) = (identifier_value IS NULL))
      );
      CREATE UNIQUE INDEX organisation_operator ON organisation (is_operator) WHERE is_operator;

      CREATE TABLE organisation_check (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        kind text NOT NULL CHECK (kind IN ('ico', 'dspt', 'iso_27001', 'ce', 'ce_plus')),
        number text NOT NULL,
        issued_on date NOT NULL,
        expires_on date NOT NULL CHECK (expires_on > issued_on),
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX organisation_check_of ON organisation_check (organisation_id);

      CREATE TABLE person (
        id uuid PRIMARY KEY,
        issuer text NOT NULL,
        subject text NOT NULL,
        name text,
        email text,
        pseudonym text NOT NULL UNIQUE CHECK (pseudonym ~ '^P-[a-z2-7]{8}$'),
        status text NOT NULL CHECK (status IN ('active', 'suspended', 'erased')),
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        UNIQUE (issuer, subject)
      );

      CREATE TABLE membership (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        organisation_id uuid NOT NULL REFERENCES organisation,
        position text NOT NULL CHECK (length(position) BETWEEN 1 AND 200),
        starts_on date NOT NULL,
        ends_on date CHECK (ends_on >= starts_on),
        ended_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE UNIQUE INDEX membership_live ON membership (person_id, organisation_id) WHERE ended_at IS NULL;
      CREATE INDEX membership_organisation ON membership (organisation_id);

      CREATE TABLE membership_role (
        id uuid PRIMARY KEY,
        membership_id uuid NOT NULL REFERENCES membership,
        role text NOT NULL CHECK (role IN
          ('data_owner', 'signatory', 'dpo', 'researcher', 'ig_officer', 'platform_admin')),
        starts_on date NOT NULL,
        ends_on date CHECK (ends_on >= starts_on),
        ended_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE UNIQUE INDEX membership_role_live ON membership_role (membership_id, role) WHERE ended_at IS NULL;

      CREATE TABLE invitation (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisation,
        email text NOT NULL,
        token_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(token_sha256) = 32),
        position text NOT NULL,
        starts_on date NOT NULL,
        ends_on date,
        roles text[] NOT NULL,
        expires_at timestamptz NOT NULL,
        accepted_by uuid REFERENCES person,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );

      CREATE TABLE accreditation (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        scheme text NOT NULL,
        number text NOT NULL,
        awarded_on date NOT NULL,
        expires_on date NOT NULL CHECK (expires_on > awarded_on),
        state text NOT NULL CHECK (state IN ('recorded', 'verified', 'withdrawn', 'lapsed')),
        verified_by uuid REFERENCES person,
        supervisor_id uuid REFERENCES person,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX accreditation_of ON accreditation (person_id);

      CREATE TABLE training (
        id uuid PRIMARY KEY,
        person_id uuid NOT NULL REFERENCES person,
        course text NOT NULL,
        awarded_on date NOT NULL,
        expires_on date NOT NULL CHECK (expires_on > awarded_on),
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX training_of ON training (person_id);

      CREATE TABLE approval (
        id uuid PRIMARY KEY,
        act text NOT NULL,
        target_id uuid NOT NULL,
        organisation_id uuid NOT NULL REFERENCES organisation,
        change jsonb NOT NULL,
        proposed_by uuid NOT NULL REFERENCES person,
        -- The duty in which it was proposed: the second person holds the other one.
        proposed_role text NOT NULL,
        answered_by uuid REFERENCES person,
        status text NOT NULL CHECK (status IN ('proposed', 'approved', 'rejected', 'lapsed')),
        expires_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        -- Whoever proposed it may take it back, and never approve it.
        CHECK (answered_by <> proposed_by OR status = 'rejected')
      );
      CREATE INDEX approval_open ON approval (organisation_id, expires_at) WHERE status = 'proposed';

      GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO concordat_app;
      GRANT SELECT, INSERT, UPDATE ON reference_counter, organisation, organisation_check, person, membership,
        membership_role, invitation, accreditation, training, approval TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE approval, training, accreditation, invitation, membership_role, membership, person,
        organisation_check, organisation, reference_counter, idempotency;
    `);
  }
}
