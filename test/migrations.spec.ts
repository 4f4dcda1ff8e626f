import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/platform/database/data-source.js';
import { emptyDatabase, testDatabase } from './support/database.js';

interface Column {
  table_name: string;
  column_name: string;
  data_type: string;
}

async function columns(source: DataSource): Promise<Column[]> {
  return source.query<Column[]>(
    `SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name <> 'migrations'
     ORDER BY 1, 2`,
  );
}

describe('the migrations', () => {
  it('run up, down and up again to the same schema, as the owner', async () => {
    const { url, drop } = await emptyDatabase();
    const source = new DataSource(dataSourceOptions(url, 2));
    await source.initialize();
    try {
      await source.runMigrations();
      const first = await columns(source);
      expect(first.length).toBeGreaterThan(100);
      for (let left = source.migrations.length; left > 0; left -= 1) {
        await source.undoLastMigration();
      }
      expect(await columns(source)).toEqual([]);
      await source.runMigrations();
      expect(await columns(source)).toEqual(first);
    } finally {
      await source.destroy();
      await drop();
    }
  });

  it('leave the application role owning nothing', async () => {
    const db = await testDatabase();
    try {
      const owned = await db.dataSource.query<unknown[]>(
        `SELECT relname FROM pg_class WHERE relowner = 'concordat_app'::regrole`,
      );
      expect(owned).toEqual([]);
    } finally {
      await db.close();
    }
  });
});
