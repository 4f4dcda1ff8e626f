import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agreements signed on paper (R3.22), and the ended vocabulary terms that versions were told of (R2.8). */
export class AgreementTerms1790000000010 implements MigrationInterface {
  name = 'AgreementTerms1790000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE agreement_version
        ADD COLUMN attested_at timestamptz,
        -- The lead's signatory.
        ADD COLUMN attested_by uuid REFERENCES person,
        -- The lead's dpo.
        ADD COLUMN attestation_approved_by uuid REFERENCES person,
        ADD CONSTRAINT agreement_version_attestation CHECK (
          num_nulls(attested_at, attested_by, attestation_approved_by) IN (0, 3)
          AND attested_by <> attestation_approved_by);
      CREATE INDEX agreement_version_attested ON agreement_version (starts_at)
        WHERE status = 'draft' AND attested_at IS NOT NULL;

      CREATE TABLE agreement_ended_term (
        agreement_id uuid NOT NULL,
        version int NOT NULL,
        vocabulary text NOT NULL,
        code text NOT NULL,
        ended_on date NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        PRIMARY KEY (agreement_id, version, vocabulary, code, ended_on),
        FOREIGN KEY (agreement_id, version) REFERENCES agreement_version
      );
      GRANT SELECT, INSERT ON agreement_ended_term TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE agreement_ended_term;
      ALTER TABLE agreement_version DROP COLUMN attested_at, DROP COLUMN attested_by,
        DROP COLUMN attestation_approved_by;
    `);
  }
}
