import pg from 'pg';

/**
 * Says how long payloads are kept, as the owner of the tables: the worker that deletes them cannot (R5.9).
 * @param url login of the owner. @param years after an agreement's end, or after an event without one.
 */
export async function setRetention(url: string, years: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('UPDATE retention_rule SET years = $1 WHERE id = 1 AND years <> $1', [
      years,
    ]);
  } finally {
    await client.end();
  }
}
