import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exports are ended by erasures since they were made: of erasures of many years, those of the last day. */
export class ErasuresByTime1790000000043 implements MigrationInterface {
  name = 'ErasuresByTime1790000000043';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX erasure_time ON erasure (erased_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX erasure_time');
  }
}
