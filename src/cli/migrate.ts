import type { loadMigrationConfig } from '../config/load-config.js';
import { setRetention } from '../audit/eraser/retention-rule.js';
import { migrateDatabase } from '../platform/database/migrate.js';
import { migrateJobs } from '../platform/jobs/daily-job.js';
import { migrateSecrets } from '../platform/secrets/subject-keys.js';

/** `concordat migrate`: brings both databases to the schema of this build. */
export async function migrate(config: ReturnType<typeof loadMigrationConfig>): Promise<void> {
  await migrateSecrets(config.secretsDatabaseUrl);
  const run = await migrateDatabase(config.databaseUrl);
  await setRetention(config.databaseUrl, config.retentionYears);
  await migrateJobs(config.databaseUrl);
  process.stdout.write(`${String(run)} migrations run\n`);
}
