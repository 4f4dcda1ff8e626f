import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Amendments, and parties that join later: what each version was made from, and since when a party stands in it. */
export class AgreementVersions1790000000011 implements MigrationInterface {
  name = 'AgreementVersions1790000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE agreement_version
        -- Who drafts this version; absent: who drafted the agreement.
        ADD COLUMN organisation_id uuid REFERENCES organisation,
        ADD COLUMN amends int CHECK (amends < version),
        ADD COLUMN amendment text CHECK (amendment IN ('administrative', 'material'));
      CREATE UNIQUE INDEX agreement_version_preparing ON agreement_version (agreement_id)
        WHERE status IN ('draft', 'in_review', 'awaiting_signature');

      ALTER TABLE agreement_party
        -- The first version in which it stands.
        ADD COLUMN since_version int NOT NULL DEFAULT 1,
        -- The last one in which it stood, once it has left and another version is in force.
        ADD COLUMN until_version int,
        -- Of a party that acceded: its terms, which no version holds.
        ADD COLUMN terms jsonb;

      -- A provider's consent to an accession; spent when the organisation is invited.
      CREATE TABLE agreement_admission (
        agreement_id uuid NOT NULL REFERENCES agreement,
        organisation_id uuid NOT NULL REFERENCES organisation,
        provider_id uuid NOT NULL REFERENCES organisation,
        person_id uuid NOT NULL REFERENCES person,
        admitted_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        PRIMARY KEY (agreement_id, organisation_id, provider_id)
      );
      GRANT SELECT, INSERT, DELETE ON agreement_admission TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE agreement_admission;
      ALTER TABLE agreement_party DROP COLUMN since_version, DROP COLUMN until_version, DROP COLUMN terms;
      DROP INDEX agreement_version_preparing;
      ALTER TABLE agreement_version DROP COLUMN organisation_id, DROP COLUMN amends, DROP COLUMN amendment;
    `);
  }
}
