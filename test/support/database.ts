import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource, type EntitySchema } from 'typeorm';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { migrations } from '../../migrations/index.js';

type Entities = (new () => unknown)[] | EntitySchema[];

export interface TestDatabase {
  /** As role concordat_app, the login of the running broker. */
  readonly url: string;
  readonly dataSource: DataSource;
  readonly database: Database;
  /** The same database as another role: `concordat_owner`, `concordat_session`, … or the superuser `postgres`. */
  urlFor(role: string): string;
  close(): Promise<void>;
}

const TEMPLATE_LOCK = 7_190_001;

/** A migrated database of this caller's own, cloned from one template per run. */
export async function testDatabase(entities: Entities = []): Promise<TestDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await cloneTemplate(name);
  return openDatabase(name, entities);
}

/** What a backup of this moment restores to. The copied database's own connections start anew. */
export async function restoredCopy({ dataSource }: TestDatabase): Promise<TestDatabase> {
  const { database } = dataSource.driver;
  await dataSource.destroy();
  const copy = await copyOf(String(database));
  await dataSource.initialize();
  return copy;
}

/** A copy of a database that nobody uses. */
export async function copyOf(database: string): Promise<TestDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asSuperuser(async (client) => {
    // A session that was closed a moment ago may still be there; nobody copies a database with sessions.
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [database],
    );
    await client.query(
      `CREATE DATABASE ${name} TEMPLATE ${database} OWNER concordat_owner STRATEGY FILE_COPY`,
    );
  });
  return openDatabase(name, []);
}

export const nameOf = ({ url }: TestDatabase): string => new URL(url).pathname.slice(1);

async function openDatabase(name: string, entities: Entities): Promise<TestDatabase> {
  const url = databaseUrl('concordat_app', name);
  const dataSource = new DataSource({ ...dataSourceOptions(url, 10), entities });
  await dataSource.initialize();
  return {
    url,
    dataSource,
    database: new Database(dataSource),
    urlFor: (role) => databaseUrl(role, name),
    close: async () => {
      await dataSource.destroy();
      await asSuperuser((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** An empty database owned by concordat_owner, for migration tests. */
export async function emptyDatabase(): Promise<{ url: string; drop: () => Promise<unknown> }> {
  const name = `e_${randomBytes(8).toString('hex')}`;
  await asSuperuser((client) => client.query(`CREATE DATABASE ${name} OWNER concordat_owner`));
  return {
    url: databaseUrl('concordat_owner', name),
    drop: () => asSuperuser((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

async function cloneTemplate(name: string): Promise<void> {
  const template = `template_${String(migrations.length)}`;
  await asSuperuser(async (client) => {
    // One worker migrates; the others wait here. Cloning needs the template to have no other session.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const known = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (known.rowCount === 0) {
      await migrateTemplate(client, template);
    }
    await client.query(
      `CREATE DATABASE ${name} TEMPLATE ${template} OWNER concordat_owner STRATEGY FILE_COPY`,
    );
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  });
}

async function migrateTemplate(client: pg.Client, template: string): Promise<void> {
  const draft = `${template}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft}`);
  await client.query(`CREATE DATABASE ${draft} OWNER concordat_owner`);
  const owner = new DataSource(dataSourceOptions(databaseUrl('concordat_owner', draft), 2));
  await owner.initialize();
  await owner.runMigrations();
  await owner.destroy();
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

async function asSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(clusterUrl());
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(role: string, name: string): string {
  const url = new URL(clusterUrl());
  url.username = role;
  url.pathname = `/${name}`;
  return url.href;
}

function clusterUrl(): string {
  const url = process.env['TEST_CLUSTER_URL'];
  if (url === undefined) {
    throw new Error('No PostgreSQL cluster: jest starts it in test/support/global-setup.js');
  }
  return url;
}
