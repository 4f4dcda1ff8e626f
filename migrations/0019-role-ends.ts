import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles end on their own day (domain.md section 10, Membership): the sweep finds them by it. */
export class RoleEnds1790000000019 implements MigrationInterface {
  name = 'RoleEnds1790000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX membership_role_due ON membership_role (ends_on) WHERE ended_at IS NULL AND ends_on IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX membership_role_due');
  }
}
