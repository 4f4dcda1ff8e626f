import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What each event pays for and nobody needs. A row of the pending set is made by the trigger, from the event's own row that can
 * never go, so that a reference proves nothing: its key is the order in which the sequencer takes it. Nobody looks events up
 * by target.
 */
export class AuditSpeed1790000000045 implements MigrationInterface {
  name = 'AuditSpeed1790000000045';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE audit_pending
        DROP CONSTRAINT audit_pending_event_id_fkey,
        DROP CONSTRAINT audit_pending_pkey;
      DROP INDEX audit_pending_order;
      ALTER TABLE audit_pending ADD PRIMARY KEY (enqueued_at, event_id);
      DROP INDEX audit_event_target;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX audit_event_target ON audit_event (target_type, target_id, occurred_at DESC);
      ALTER TABLE audit_pending DROP CONSTRAINT audit_pending_pkey;
      CREATE INDEX audit_pending_order ON audit_pending (enqueued_at, event_id);
      ALTER TABLE audit_pending
        ADD PRIMARY KEY (event_id),
        ADD CONSTRAINT audit_pending_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_event;
    `);
  }
}
