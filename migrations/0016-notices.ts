import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notice that an agreement ends or a party leaves: the broker keeps it, and it takes effect on its day (R3.25). */
export class Notices1790000000016 implements MigrationInterface {
  name = 'Notices1790000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agreement_notice (
        id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL REFERENCES agreement,
        act text NOT NULL CHECK (act IN ('terminate', 'withdraw', 'exclude')),
        -- Who leaves. No reference: the row of a party that left goes when it comes back; what was said of it stays.
        party_id uuid,
        -- In whose name it was given, and who may take it back.
        organisation_id uuid NOT NULL REFERENCES organisation,
        reason text NOT NULL,
        -- Of an act of two people (R3.10).
        approval_id uuid REFERENCES approval,
        proposed_by uuid REFERENCES person,
        given_by uuid NOT NULL REFERENCES person,
        given_at timestamptz NOT NULL,
        takes_effect_at timestamptz NOT NULL CHECK (takes_effect_at >= given_at),
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        -- The event that carried it out, took it back, or overtook it; it is open until then.
        settled_by uuid REFERENCES audit_event,
        CHECK ((act = 'terminate') = (party_id IS NULL)),
        CHECK ((approval_id IS NULL) = (proposed_by IS NULL))
      );
      CREATE UNIQUE INDEX agreement_notice_open ON agreement_notice (agreement_id, party_id) NULLS NOT DISTINCT
        WHERE settled_by IS NULL;
      CREATE INDEX agreement_notice_due ON agreement_notice (takes_effect_at)
        WHERE settled_by IS NULL AND party_id IS NOT NULL;
      GRANT SELECT, INSERT, UPDATE ON agreement_notice TO concordat_app;

      ALTER TABLE agreement_party
        -- When the notice of its leaving takes effect: no gate looks further (R3.25). A version's is in its ends_at.
        ADD COLUMN ends_at timestamptz;

      ALTER TABLE agreement_version
        -- Until then a draft is its drafters' alone.
        ADD COLUMN submitted_at timestamptz;
      UPDATE agreement_version v SET submitted_at = e.occurred_at FROM audit_event e
        WHERE e.id = v.audit_event_id AND (v.version_hash IS NOT NULL OR EXISTS (
          SELECT FROM agreement_review w WHERE w.agreement_id = v.agreement_id AND w.version = v.version));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE agreement_version DROP COLUMN submitted_at;
      ALTER TABLE agreement_party DROP COLUMN ends_at;
      DROP TABLE agreement_notice;
    `);
  }
}
