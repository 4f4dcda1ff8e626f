import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A provisional accreditation counts while its supervisor is fully accredited and in the same organisation (domain.md,
 * vocabulary `accreditation`). One function says so to every gate: at the issue of a grant, and when something lapsed.
 */
export class Supervision1790000000020 implements MigrationInterface {
  name = 'Supervision1790000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX accreditation_supervised ON accreditation (supervisor_id) WHERE supervisor_id IS NOT NULL;

      -- What somebody holds on a London day, each until it, or what it rests on, ends.
      CREATE FUNCTION held_accreditations(holder uuid, today date)
        RETURNS TABLE (id uuid, scheme text, expires_on date) LANGUAGE sql STABLE PARALLEL SAFE
      BEGIN ATOMIC
        SELECT a.id, a.scheme, least(a.expires_on, s.until)
        FROM accreditation a
        LEFT JOIN LATERAL (
          SELECT max(least(f.expires_on, theirs.ends_on, mine.ends_on)) AS until
          FROM accreditation f
            JOIN person p ON p.id = f.person_id AND p.status = 'active'
            JOIN membership theirs ON theirs.person_id = p.id AND theirs.ended_at IS NULL AND theirs.starts_on <= today
              AND (theirs.ends_on IS NULL OR theirs.ends_on >= today)
            JOIN membership mine ON mine.organisation_id = theirs.organisation_id AND mine.person_id = holder
              AND mine.ended_at IS NULL AND (mine.ends_on IS NULL OR mine.ends_on >= today)
          WHERE f.person_id = a.supervisor_id AND f.scheme = 'dea_full' AND f.state = 'verified'
            AND f.expires_on >= today
        ) s ON a.supervisor_id IS NOT NULL
        WHERE a.person_id = holder AND a.state = 'verified' AND a.expires_on >= today
          AND (a.supervisor_id IS NULL OR s.until IS NOT NULL);
      END;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION held_accreditations;
      DROP INDEX accreditation_supervised;
    `);
  }
}
