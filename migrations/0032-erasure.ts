import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Erasure, retention and legal holds (audit-log sections 10 and 11, R5.9). What the eraser may delete is decided here, by
 * row-level security on the database's own clock: a worker that was taken over deletes no more than that.
 */
export class Erasure1790000000032 implements MigrationInterface {
  name = 'Erasure1790000000032';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Set by the owner at "concordat migrate": who deletes cannot shorten it.
      CREATE TABLE retention_rule (
        id int PRIMARY KEY CHECK (id = 1),
        years int NOT NULL CHECK (years BETWEEN 1 AND 100)
      );
      INSERT INTO retention_rule (id, years) VALUES (1, 6);

      CREATE TABLE retention_hold (
        id uuid PRIMARY KEY,
        scope_type text NOT NULL CHECK (scope_type IN ('person', 'agreement', 'dataset', 'grant')),
        scope_id uuid NOT NULL,
        reason text NOT NULL,
        placed_by uuid NOT NULL REFERENCES person,
        placed_at timestamptz NOT NULL,
        released_by uuid REFERENCES person,
        released_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        CHECK ((released_by IS NULL) = (released_at IS NULL))
      );
      CREATE UNIQUE INDEX retention_hold_open ON retention_hold (scope_type, scope_id) WHERE released_at IS NULL;

      CREATE TABLE erasure (
        person_id uuid PRIMARY KEY REFERENCES person,
        -- Absent when the broker repeats an erasure that a restored backup had lost.
        legal_basis text,
        -- What stays, because the law asks for it: ids of sign-offs, certificates and agreements.
        kept jsonb NOT NULL,
        erased_at timestamptz NOT NULL,
        complete_after timestamptz NOT NULL,
        -- When the last of the person's records was gone from these databases.
        finished_at timestamptz,
        audit_event_id uuid NOT NULL REFERENCES audit_event
      );
      CREATE INDEX erasure_open ON erasure (erased_at) WHERE finished_at IS NULL;

      -- An event is held while a hold is open on anything it names; with it every row of it, whoever it is about.
      CREATE FUNCTION is_held(event audit_event) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT EXISTS (SELECT FROM retention_hold h WHERE h.released_at IS NULL AND CASE h.scope_type
            WHEN 'person' THEN h.scope_id = ANY (event.person_ids)
            WHEN 'agreement' THEN h.scope_id = event.agreement_id
            WHEN 'dataset' THEN h.scope_id = event.dataset_id
            ELSE h.scope_id = event.grant_id END)
        $$;

      -- Whether anything of somebody is held.
      CREATE FUNCTION is_person_held(person uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT EXISTS (SELECT FROM retention_hold h WHERE h.released_at IS NULL AND (
            (h.scope_type = 'person' AND h.scope_id = person) OR EXISTS (
              SELECT FROM audit_event e WHERE e.person_ids @> ARRAY[person] AND CASE h.scope_type
                WHEN 'person' THEN h.scope_id = ANY (e.person_ids)
                WHEN 'agreement' THEN h.scope_id = e.agreement_id
                WHEN 'dataset' THEN h.scope_id = e.dataset_id
                ELSE h.scope_id = e.grant_id END)))
        $$;

      -- R5.9: the agreement's end and so many years; without an agreement, so many years from the event.
      CREATE FUNCTION retained_until(event audit_event) RETURNS timestamptz LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT CASE WHEN bool_and(v.status IN ('terminated', 'expired', 'superseded')) IS FALSE THEN 'infinity'
            ELSE greatest(event.occurred_at, max(coalesce(v.ended_at, v.ends_at))) + make_interval(years => (
              SELECT years FROM retention_rule)) END
          FROM agreement_version v WHERE v.agreement_id = event.agreement_id
        $$;

      CREATE FUNCTION may_erase(payload_event_id uuid, payload_subject_id uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT NOT is_held(e) AND (retained_until(e) < now() OR EXISTS (
            SELECT FROM erasure x WHERE x.person_id = payload_subject_id))
          FROM audit_event e WHERE e.id = payload_event_id
        $$;

      ALTER TABLE audit_payload ENABLE ROW LEVEL SECURITY;
      CREATE POLICY audit_payload_read ON audit_payload FOR SELECT TO concordat_app, concordat_eraser USING (true);
      CREATE POLICY audit_payload_write ON audit_payload FOR INSERT TO concordat_app WITH CHECK (true);
      CREATE POLICY audit_payload_erase ON audit_payload FOR DELETE TO concordat_eraser
        USING (may_erase(event_id, subject_id));
      -- The eraser needs to find rows, never to read them.
      REVOKE SELECT ON audit_payload FROM concordat_eraser;
      GRANT SELECT (event_id, subject_id) ON audit_payload TO concordat_eraser;
      GRANT SELECT (id, occurred_at, person_ids) ON audit_event TO concordat_eraser;
      GRANT SELECT (id, years) ON retention_rule TO concordat_eraser;

      -- Decisions are written once; what they say of somebody goes with that person, and nothing else ever changes.
      CREATE FUNCTION blank_decisions_of(person uuid) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          IF NOT EXISTS (SELECT FROM erasure x WHERE x.person_id = person) OR is_person_held(person) THEN
            RAISE EXCEPTION 'Nobody who is erased, or held' USING ERRCODE = 'CN001';
          END IF;
          UPDATE decision_record SET failed = '[]', explanation = 'Erased.'
            WHERE person_id = person AND explanation <> 'Erased.';
          UPDATE access_decision d SET reason = 'Erased.' FROM access_request r
            WHERE r.id = d.access_request_id AND r.requester_id = person AND d.reason <> 'Erased.';
          UPDATE access_decision SET reason = 'Erased.', position = 'Erased'
            WHERE decider_id = person AND position <> 'Erased';
        END $$;

      -- Console sessions are another login's; of an erased person none stays.
      CREATE FUNCTION forget_sessions_of(account_issuer text, account_subject text) RETURNS void LANGUAGE sql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
          DELETE FROM sessions.session WHERE sess #>> '{identity,issuer}' = account_issuer
            AND sess #>> '{identity,subject}' = account_subject
        $$;

      REVOKE EXECUTE ON FUNCTION blank_decisions_of(uuid), forget_sessions_of(text, text), is_person_held(uuid)
        FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION blank_decisions_of(uuid), is_person_held(uuid) TO concordat_eraser;
      GRANT EXECUTE ON FUNCTION forget_sessions_of(text, text), is_person_held(uuid) TO concordat_app;

      CREATE INDEX decision_record_person ON decision_record (person_id);
      GRANT SELECT, INSERT ON retention_hold, erasure TO concordat_app;
      GRANT UPDATE (released_by, released_at, reason, audit_event_id) ON retention_hold TO concordat_app;
      GRANT UPDATE (finished_at, erased_at, complete_after, audit_event_id) ON erasure TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX decision_record_person;
      DROP FUNCTION forget_sessions_of, blank_decisions_of;
      DROP POLICY audit_payload_erase ON audit_payload;
      DROP POLICY audit_payload_write ON audit_payload;
      DROP POLICY audit_payload_read ON audit_payload;
      ALTER TABLE audit_payload DISABLE ROW LEVEL SECURITY;
      REVOKE SELECT (event_id, subject_id) ON audit_payload FROM concordat_eraser;
      REVOKE SELECT (id, occurred_at, person_ids) ON audit_event FROM concordat_eraser;
      GRANT SELECT ON audit_payload TO concordat_eraser;
      DROP FUNCTION may_erase, retained_until, is_person_held, is_held;
      DROP TABLE erasure, retention_hold, retention_rule;
    `);
  }
}
