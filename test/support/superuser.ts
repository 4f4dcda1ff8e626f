import pg from 'pg';
import type { TestDatabase } from './database.js';

/** One statement as the superuser, for what no login of the broker may do. */
export async function asSuperuser(db: TestDatabase, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: db.urlFor('postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
