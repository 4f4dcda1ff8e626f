import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What comes up within so many days is found by its day, of whatever kind it is, and what was done to an agreement among all that
 * was delivered under it (domain.md section 5, questions 8 and 10).
 */
export class Expiries1790000000041 implements MigrationInterface {
  name = 'Expiries1790000000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Days are text in the terms: the first of those by which an assessment of a view is to be made again.
      CREATE FUNCTION first_assessment_review(terms jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (SELECT min(i #>> '{assessment,reviewBy}') FROM jsonb_array_elements(
          CASE WHEN jsonb_typeof(terms -> 'items') = 'array' THEN terms -> 'items' ELSE '[]' END) i);
      CREATE INDEX agreement_version_assessment ON agreement_version (first_assessment_review(terms))
        WHERE status IN ('active', 'suspended');
      CREATE INDEX agreement_version_dpia
        ON agreement_version ((coalesce(next_dpia_review_on, terms #>> '{dpia,reviewOn}')))
        WHERE status IN ('active', 'suspended');
      CREATE INDEX partner_store_rotated ON partner_store (rotated_at) WHERE status <> 'retired';
      CREATE INDEX audit_event_agreement_change ON audit_event (agreement_id, occurred_at DESC, id DESC)
        WHERE split_part(type, '.', 1) IN ('agreement', 'party', 'notice');
      -- Grants and deliveries, which are nearly all of the events, have no target: they pay nothing for it.
      CREATE INDEX audit_event_change ON audit_event (target_type, target_id, occurred_at DESC, id DESC)
        WHERE target_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX audit_event_change, audit_event_agreement_change, partner_store_rotated, agreement_version_dpia, agreement_version_assessment;
      DROP FUNCTION first_assessment_review(jsonb);
    `);
  }
}
