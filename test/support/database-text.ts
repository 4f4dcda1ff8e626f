import pg from 'pg';

/**
 * Every row of every table as text, as whoever steals a dump reads it: bytes that are text appear as that text.
 * @param url as a role that may read everything.
 */
export async function databaseText(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const parts: string[] = [];
    for (const { name } of rows) {
      const found = await client.query<{ row: string }>(
        `SELECT row_to_json(t)::text AS row FROM ${name} t`,
      );
      parts.push(name, ...found.rows.map(({ row }) => `${row}\n${textInside(row)}`));
    }
    return parts.join('\n');
  } finally {
    await client.end();
  }
}

function textInside(row: string): string {
  return [...row.matchAll(/\\\\x([0-9a-f]+)/g)]
    .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
    .join('\n');
}
