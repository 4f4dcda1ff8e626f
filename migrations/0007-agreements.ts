import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agreements: a series of versions, their parties, reviews and sign-offs (domain.md sections 2 and 3). */
export class Agreements1790000000007 implements MigrationInterface {
  name = 'Agreements1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agreement (
        id uuid PRIMARY KEY,
        reference text NOT NULL UNIQUE CHECK (reference ~ '^CON-[0-9]{4}-[0-9]{4,}$'),
        organisation_id uuid NOT NULL REFERENCES organisation,
        current_version int NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );

      CREATE TABLE agreement_version (
        agreement_id uuid NOT NULL REFERENCES agreement,
        version int NOT NULL CHECK (version > 0),
        status text NOT NULL CHECK (status IN ('draft', 'in_review', 'awaiting_signature', 'active', 'suspended',
          'terminated', 'expired', 'superseded')),
        terms jsonb NOT NULL,
        title text NOT NULL,
        document text,
        version_hash text CHECK (version_hash ~ '^sha-256:[0-9a-f]{64}$'),
        starts_at timestamptz,
        ends_at timestamptz,
        revision int NOT NULL DEFAULT 1,
        drafted_by uuid NOT NULL REFERENCES person,
        editors uuid[] NOT NULL,
        activated_at timestamptz,
        ended_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        PRIMARY KEY (agreement_id, version),
        CHECK (status IN ('draft', 'in_review', 'terminated') OR
          (version_hash IS NOT NULL AND document IS NOT NULL AND ends_at IS NOT NULL))
      );
      CREATE UNIQUE INDEX agreement_version_live ON agreement_version (agreement_id)
        WHERE status IN ('active', 'suspended');
      CREATE INDEX agreement_version_due ON agreement_version (ends_at) WHERE status IN ('active', 'suspended');
      CREATE INDEX agreement_version_starting ON agreement_version (starts_at) WHERE status = 'awaiting_signature';

      CREATE TABLE agreement_item (
        agreement_id uuid NOT NULL,
        version int NOT NULL,
        dataset_id uuid NOT NULL REFERENCES dataset,
        PRIMARY KEY (agreement_id, version, dataset_id),
        FOREIGN KEY (agreement_id, version) REFERENCES agreement_version
      );
      CREATE INDEX agreement_item_dataset ON agreement_item (dataset_id);

      CREATE TABLE agreement_party (
        id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL REFERENCES agreement,
        organisation_id uuid NOT NULL REFERENCES organisation,
        data_role text NOT NULL CHECK (data_role IN ('provider', 'recipient', 'both')),
        is_lead boolean NOT NULL,
        is_founding boolean NOT NULL,
        signatory_id uuid NOT NULL REFERENCES person,
        dpo_id uuid NOT NULL REFERENCES person,
        status text NOT NULL CHECK (status IN
          ('invited', 'reviewed', 'signed', 'active', 'suspended', 'withdrawn', 'excluded', 'lapsed')),
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        UNIQUE (agreement_id, organisation_id)
      );
      CREATE INDEX agreement_party_organisation ON agreement_party (organisation_id);

      CREATE TABLE agreement_review (
        id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL,
        version int NOT NULL,
        revision int NOT NULL,
        -- No reference: a draft may drop a party that reviewed or signed an earlier revision; what it did stays.
        party_id uuid NOT NULL,
        person_id uuid NOT NULL REFERENCES person,
        decision text NOT NULL CHECK (decision IN ('accept', 'return')),
        reason text,
        reviewed_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        FOREIGN KEY (agreement_id, version) REFERENCES agreement_version
      );
      CREATE UNIQUE INDEX agreement_review_accept ON agreement_review (agreement_id, version, revision, party_id)
        WHERE decision = 'accept';

      CREATE TABLE agreement_signoff (
        id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL,
        version int NOT NULL,
        party_id uuid NOT NULL,
        person_id uuid NOT NULL REFERENCES person,
        version_hash text NOT NULL,
        jws text NOT NULL,
        signed_at timestamptz NOT NULL,
        voided_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        FOREIGN KEY (agreement_id, version) REFERENCES agreement_version
      );
      CREATE UNIQUE INDEX agreement_signoff_one ON agreement_signoff (agreement_id, version, party_id)
        WHERE voided_at IS NULL;

      GRANT SELECT, INSERT, UPDATE ON agreement, agreement_version, agreement_party, agreement_review,
        agreement_signoff TO concordat_app;
      GRANT SELECT, INSERT, DELETE ON agreement_item TO concordat_app;
      -- A founding party named in a draft may be dropped again before anything binds it.
      GRANT DELETE ON agreement_party TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE agreement_signoff, agreement_review, agreement_party, agreement_item, agreement_version, agreement;
    `);
  }
}
