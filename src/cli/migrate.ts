import { DataSource } from 'typeorm';
import type { loadMigrationConfig } from '../config/load-config.js';
import { dataSourceOptions } from '../platform/database/data-source.js';
import { migrateSecrets } from '../platform/secrets/subject-keys.js';

/** Any two int4 that no advisory lock of the broker uses (kernel/lock-order.ts counts from 1). */
const MIGRATION_LOCK = '0, 1';

/** `concordat migrate`: brings both databases to the schema of this build. Repeatable; of two at once one waits. */
export async function migrate(config: ReturnType<typeof loadMigrationConfig>): Promise<void> {
  await migrateSecrets(config.secretsDatabaseUrl);
  // An index over a large table takes longer than any request may.
  const owner = new DataSource(dataSourceOptions(config.databaseUrl, 2, 0));
  await owner.initialize();
  const lock = owner.createQueryRunner();
  try {
    await lock.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    const run = await owner.runMigrations();
    process.stdout.write(`${String(run.length)} migrations run\n`);
  } finally {
    // The lock is the session's, which ends here.
    await lock.release();
    await owner.destroy();
  }
}
