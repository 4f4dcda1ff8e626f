import { access, readFile } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { waitFor } from './wait-for.js';
import type { Children } from './children.js';

const ROLES_SQL = new URL('../../../migrations/roles.sql', import.meta.url);
const SCRIPT = new URL('./postgres-process.js', import.meta.url);
const DATABASES = ['concordat', 'concordat_secrets'] as const;
const START_TIMEOUT_MS = 60_000;

export interface PostgresOptions {
  readonly databaseDir: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
}

/** A login of the sandbox's cluster. All of its roles share one password; they are apart all the same. */
export function databaseUrl(
  { port, password }: PostgresOptions,
  role: string,
  database: (typeof DATABASES)[number] | 'postgres' = 'concordat',
): string {
  return `postgres://${role}:${password}@127.0.0.1:${String(port)}/${database}`;
}

/** Starts the cluster, made first where there is none yet, with the broker's roles and its two empty databases. */
export async function startPostgres(
  children: Children,
  options: PostgresOptions,
): Promise<ChildProcess> {
  const isNew = await access(join(options.databaseDir, 'PG_VERSION')).then(
    () => false,
    () => true,
  );
  const child = children.start({
    name: 'PostgreSQL',
    script: SCRIPT,
    env: {
      DATABASE_DIR: options.databaseDir,
      DATABASE_PORT: String(options.port),
      DATABASE_PASSWORD: options.password,
      DATABASE_LOG: options.logFile,
      INITIALISE: isNew ? 'yes' : 'no',
    },
  });
  let isReady = false;
  child.once('message', () => {
    isReady = true;
  });
  await waitFor('PostgreSQL', START_TIMEOUT_MS, () => Promise.resolve(isReady));
  await prepare(options);
  return child;
}

/** Kills the server with the process that keeps it, as a fall of its machine would. */
export async function killPostgres(
  children: Children,
  keeper: ChildProcess,
  { databaseDir }: PostgresOptions,
): Promise<void> {
  const [pid = ''] = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n');
  // The keeper first: it would bring its server to an orderly end.
  await children.kill(keeper);
  process.kill(Number(pid), 'SIGKILL');
  await waitFor('The end of PostgreSQL', START_TIMEOUT_MS, () => Promise.resolve(!isAlive(pid)));
}

function isAlive(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

async function prepare(options: PostgresOptions): Promise<void> {
  const client = new pg.Client(databaseUrl(options, 'postgres', 'postgres'));
  await client.connect();
  try {
    await client.query(await readFile(ROLES_SQL, 'utf8'));
    const { rows } = await client.query<{ rolname: string }>(
      "SELECT rolname FROM pg_roles WHERE rolname LIKE 'concordat%'",
    );
    for (const { rolname } of rows) {
      const role = client.escapeIdentifier(rolname);
      await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(options.password)}`);
    }
    for (const name of DATABASES) {
      const known = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (known.rowCount === 0) {
        await client.query(`CREATE DATABASE ${name} OWNER concordat_owner`);
      }
    }
  } finally {
    await client.end();
  }
}
