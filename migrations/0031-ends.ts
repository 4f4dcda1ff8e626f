import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether a counted object has come to its last byte: then a grant whose count is used up has nothing left to give
 * (ADR 0034). Of a stream, what the event of its end says, should another have to write it. And which event ended a store's
 * client, beside the one that added it.
 */
export class Ends1790000000031 implements MigrationInterface {
  name = 'Ends1790000000031';

  async up(runner: QueryRunner): Promise<void> {
    // Nobody wrote it of the objects so far: they are taken for delivered, so that they hold no grant open.
    await runner.query(`
      ALTER TABLE grant_object ADD COLUMN is_delivered boolean NOT NULL DEFAULT true;
      ALTER TABLE grant_object ALTER COLUMN is_delivered SET DEFAULT false;
      GRANT UPDATE ON grant_object TO concordat_app;
      ALTER TABLE open_stream ADD COLUMN byte_range text, ADD COLUMN decision_id uuid;
      CREATE INDEX open_stream_grant ON open_stream (grant_id);
      ALTER TABLE store_client ADD COLUMN ended_event_id uuid REFERENCES audit_event;
      CREATE INDEX store_client_ended_event ON store_client (ended_event_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE store_client DROP COLUMN ended_event_id;
      DROP INDEX open_stream_grant;
      ALTER TABLE open_stream DROP COLUMN byte_range, DROP COLUMN decision_id;
      REVOKE UPDATE ON grant_object FROM concordat_app;
      ALTER TABLE grant_object DROP COLUMN is_delivered;
    `);
  }
}
