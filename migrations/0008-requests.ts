import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Projects, access requests and decisions (domain.md section 10). */
export class Requests1790000000008 implements MigrationInterface {
  name = 'Requests1790000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE project (
        id uuid PRIMARY KEY,
        reference text NOT NULL UNIQUE CHECK (reference ~ '^PRJ-[0-9]{4}-[0-9]{4,}$'),
        organisation_id uuid NOT NULL REFERENCES organisation,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
        summary text NOT NULL,
        technical_summary text,
        public_benefit text NOT NULL,
        purposes text[] NOT NULL CHECK (cardinality(purposes) BETWEEN 1 AND 10),
        starts_on date NOT NULL,
        ends_on date NOT NULL CHECK (ends_on >= starts_on),
        ethics_approved boolean NOT NULL,
        ethics_reference text CHECK (NOT ethics_approved OR ethics_reference IS NOT NULL),
        funders text[] NOT NULL DEFAULT '{}',
        sublicences text,
        other_datasets text,
        other_applicants text,
        outputs text[] NOT NULL DEFAULT '{}',
        status text NOT NULL CHECK (status IN ('draft', 'active', 'closed')),
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX project_of ON project (organisation_id);

      CREATE TABLE project_member (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES project,
        person_id uuid NOT NULL REFERENCES person,
        organisation_id uuid NOT NULL REFERENCES organisation,
        is_lead boolean NOT NULL,
        added_at timestamptz NOT NULL,
        removed_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE UNIQUE INDEX project_member_live ON project_member (project_id, person_id) WHERE removed_at IS NULL;
      CREATE UNIQUE INDEX project_member_lead ON project_member (project_id) WHERE is_lead AND removed_at IS NULL;
      CREATE INDEX project_member_person ON project_member (person_id);
      CREATE INDEX project_member_organisation ON project_member (organisation_id) WHERE removed_at IS NULL;

      CREATE TABLE access_request (
        id uuid PRIMARY KEY,
        reference text NOT NULL UNIQUE CHECK (reference ~ '^REQ-[0-9]{4}-[0-9]{4,}$'),
        form_id uuid,
        project_id uuid NOT NULL REFERENCES project,
        dataset_id uuid NOT NULL REFERENCES dataset,
        agreement_id uuid NOT NULL REFERENCES agreement,
        agreement_version int,
        requester_id uuid NOT NULL REFERENCES person,
        organisation_id uuid NOT NULL REFERENCES organisation,
        purpose text NOT NULL,
        justification text NOT NULL,
        delivery text NOT NULL CHECK (delivery IN ('stream', 'presign', 'sts', 'feed', 'view', 'aggregate')),
        until_on date NOT NULL,
        frequency text NOT NULL CHECK (frequency IN ('one_off', 'recurring')),
        linkage text,
        conflict boolean NOT NULL,
        conflict_text text CHECK (NOT conflict OR conflict_text IS NOT NULL),
        undertaking_hash text,
        undertaken_at timestamptz,
        renewed_from_id uuid REFERENCES access_request,
        status text NOT NULL CHECK (status IN ('draft', 'submitted', 'in_review', 'returned', 'approved', 'refused',
          'withdrawn', 'closed', 'lapsed')),
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        CHECK (status IN ('draft', 'withdrawn') OR
          (agreement_version IS NOT NULL AND undertaking_hash IS NOT NULL AND undertaken_at IS NOT NULL))
      );
      CREATE INDEX access_request_requester ON access_request (requester_id, id);
      CREATE INDEX access_request_organisation ON access_request (organisation_id, id);
      CREATE INDEX access_request_dataset ON access_request (dataset_id, id);
      CREATE INDEX access_request_agreement ON access_request (agreement_id);
      CREATE INDEX access_request_project ON access_request (project_id);

      CREATE TABLE access_decision (
        id uuid PRIMARY KEY,
        access_request_id uuid NOT NULL REFERENCES access_request,
        decision text NOT NULL CHECK (decision IN ('approved', 'refused', 'returned')),
        reason text NOT NULL,
        conditions jsonb,
        decider_id uuid REFERENCES person CHECK (is_automatic OR decider_id IS NOT NULL),
        position text NOT NULL,
        role text NOT NULL,
        is_automatic boolean NOT NULL,
        decision_id uuid,
        decided_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        CHECK (conditions IS NULL OR decision = 'approved')
      );
      CREATE UNIQUE INDEX access_decision_final ON access_decision (access_request_id)
        WHERE decision IN ('approved', 'refused');

      GRANT SELECT, INSERT, UPDATE ON project, project_member, access_request TO concordat_app;
      GRANT SELECT, INSERT ON access_decision TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_decision, access_request, project_member, project;`);
  }
}
