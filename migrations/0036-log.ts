import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log begins: the sequencer writes the one state row at its first start. A halt is kept until somebody resumes
 * (audit-log section 8); the broker writes both, with their events.
 */
export class Log1790000000036 implements MigrationInterface {
  name = 'Log1790000000036';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_halt (
        id uuid PRIMARY KEY,
        code text NOT NULL,
        detail text NOT NULL,
        halted_at timestamptz NOT NULL,
        audit_event_id uuid NOT NULL REFERENCES audit_event,
        resumed_at timestamptz,
        resumed_event_id uuid REFERENCES audit_event,
        CHECK ((resumed_at IS NULL) = (resumed_event_id IS NULL))
      );
      CREATE UNIQUE INDEX log_halt_open ON log_halt ((true)) WHERE resumed_at IS NULL;
      CREATE INDEX log_halt_event ON log_halt (audit_event_id);
      CREATE INDEX log_halt_resumed_event ON log_halt (resumed_event_id);
      GRANT SELECT, INSERT, UPDATE (resumed_at, resumed_event_id) ON log_halt TO concordat_app;
      GRANT SELECT ON log_halt TO concordat_sequencer, concordat_publisher;
      GRANT INSERT ON log_state TO concordat_sequencer;
      GRANT SELECT ON audit_pending TO concordat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT ON audit_pending FROM concordat_app;
      REVOKE INSERT ON log_state FROM concordat_sequencer;
      DROP TABLE log_halt;
    `);
  }
}
