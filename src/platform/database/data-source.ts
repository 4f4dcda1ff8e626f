import type { DataSourceOptions } from 'typeorm';
import { SteadyClient } from './steady-client.js';
import { migrations } from '../../../migrations/index.js';

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 15_000;

/** How long the server may work on one statement; 0 is for ever. The client waits a little longer. */
type StatementTimeout = typeof STATEMENT_TIMEOUT_MS | 0;

/** TypeORM's settings for one login. Migrations only: `synchronize` would let entities rewrite the schema. */
export function dataSourceOptions(
  url: string,
  poolSize = 20,
  statementTimeoutMs: StatementTimeout = STATEMENT_TIMEOUT_MS,
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    migrationsRun: false,
    migrations,
    migrationsTransactionMode: 'each',
    logging: false,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      Client: SteadyClient,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      // The client's own limit: a server that went away never answers, not even with a timeout.
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + 2_000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
      application_name: 'concordat',
      options:
        '-c synchronous_commit=on -c timezone=UTC -c default_transaction_isolation=read\\ committed',
    },
  };
}
