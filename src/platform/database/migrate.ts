import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

/** Two int4 that no lock of the broker has: those of kernel/lock-order.ts start at 1. */
const MIGRATION_LOCK = '0, 1';

/**
 * Brings the main database to the schema of this build. Repeatable; of two at once one waits.
 * @param url login of its owner.
 * @returns how many migrations ran.
 */
export async function migrateDatabase(url: string): Promise<number> {
  // An index over a large table takes longer than any request may.
  const owner = new DataSource(dataSourceOptions(url, 2, 0));
  await owner.initialize();
  const lock = owner.createQueryRunner();
  try {
    await lock.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    return (await owner.runMigrations()).length;
  } finally {
    // The lock is the session's, which ends here.
    await lock.release();
    await owner.destroy();
  }
}
