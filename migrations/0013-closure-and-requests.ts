import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is owed when a project's last grant under an agreement has ended, and what requests say of the Five Safes. */
export class ClosureAndRequests1790000000013 implements MigrationInterface {
  name = 'ClosureAndRequests1790000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE closure (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES project,
        agreement_id uuid NOT NULL REFERENCES agreement,
        -- Who owes it, and to whom.
        organisation_id uuid NOT NULL REFERENCES organisation,
        provider_id uuid NOT NULL REFERENCES organisation,
        status text NOT NULL CHECK (status IN ('due', 'attested', 'verified', 'overdue')),
        opened_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        -- Canonical JSON, its digest, and the broker's signature over who attested it.
        certificate text,
        certificate_hash text CHECK (certificate_hash ~ '^sha-256:[0-9a-f]{64}$'),
        jws text,
        attested_by uuid REFERENCES person,
        attested_at timestamptz,
        verified_by uuid REFERENCES person,
        verified_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        CHECK ((status IN ('attested', 'verified')) = (certificate IS NOT NULL AND certificate_hash IS NOT NULL
          AND jws IS NOT NULL AND attested_by IS NOT NULL AND attested_at IS NOT NULL)),
        CHECK ((status = 'verified') = (verified_by IS NOT NULL AND verified_at IS NOT NULL))
      );
      CREATE UNIQUE INDEX closure_open ON closure (project_id, agreement_id, organisation_id, provider_id)
        WHERE status IN ('due', 'overdue');
      CREATE INDEX closure_owed ON closure (organisation_id, agreement_id) WHERE status IN ('due', 'overdue');
      CREATE INDEX closure_due ON closure (due_at) WHERE status = 'due';
      CREATE INDEX closure_of ON closure (project_id, agreement_id);
      CREATE INDEX closure_organisation ON closure (organisation_id, id);
      CREATE INDEX closure_provider ON closure (provider_id, id);
      GRANT SELECT, INSERT, UPDATE ON closure TO concordat_app;

      CREATE INDEX grants_of_project ON grants (project_id, agreement_id);

      ALTER TABLE access_request ADD COLUMN five_safes jsonb;
      CREATE INDEX access_decision_of ON access_decision (access_request_id);
      CREATE INDEX access_request_form ON access_request (form_id) WHERE form_id IS NOT NULL;
      CREATE INDEX access_request_returned ON access_request (id) WHERE status = 'returned';
      CREATE INDEX access_request_approved ON access_request (until_on) WHERE status = 'approved';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX access_decision_of, access_request_form, access_request_returned, access_request_approved, grants_of_project;
      ALTER TABLE access_request DROP COLUMN five_safes;
      DROP TABLE closure;
    `);
  }
}
