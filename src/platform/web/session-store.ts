import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import connectPgSimple from 'connect-pg-simple';
import session, { type SessionData } from 'express-session';
import pg from 'pg';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { RootLogger } from '../telemetry/logger.js';

export const SESSION_IDLE_MS = 30 * 60_000;
const SESSION_ABSOLUTE_MS = 8 * 3_600_000;
const TIMEOUT_MS = 3_000;
const POOL_SIZE = 5;

declare module 'express-session' {
  interface SessionData {
    /** When the session began, as epoch milliseconds; it ends 8 hours later whatever happens. */
    startedAt?: number;
  }
}

const PgStore = connectPgSimple(session);

/**
 * Console sessions in PostgreSQL, under a login of their own. The table holds SHA-256 of the session id: who reads a
 * backup cannot take a session over.
 * @see grants-and-delivery section 3
 */
@Injectable()
export class SessionStore extends PgStore implements OnModuleDestroy {
  private readonly pool: pg.Pool;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(RootLogger) logger: RootLogger,
  ) {
    const pool = sessionPool(config.sessionDatabaseUrl);
    const log = (err: unknown): void => {
      logger.warn({ err }, 'session store');
    };
    pool.on('error', log);
    super({
      pool,
      schemaName: 'sessions',
      tableName: 'session',
      createTableIfMissing: false,
      errorLog: (...args: unknown[]) => {
        log(args.find((arg) => arg instanceof Error));
      },
    });
    this.pool = pool;
  }

  override get(sid: string, done: (error: unknown, data?: SessionData | null) => void): void {
    super.get(digest(sid), (error: unknown, data?: SessionData | null) => {
      if (data && this.hasEnded(data)) {
        this.destroy(sid, (failure: unknown) => {
          done(failure, null);
        });
      } else {
        done(error, data);
      }
    });
  }

  override set(sid: string, data: SessionData, done?: (error?: unknown) => void): void {
    const startedAt = data.startedAt ?? this.clock.now().getTime();
    super.set(digest(sid), { ...data, startedAt }, done);
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    super.destroy(digest(sid), done);
  }

  override touch(sid: string, data: SessionData, done?: () => void): void {
    super.touch(digest(sid), data, done);
  }

  /** Rejects when sessions cannot be read; for readiness. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT FROM sessions.session LIMIT 1');
  }

  async onModuleDestroy(): Promise<void> {
    this.close();
    await this.pool.end();
  }

  private hasEnded({ startedAt }: SessionData): boolean {
    return startedAt === undefined || this.clock.now().getTime() - startedAt >= SESSION_ABSOLUTE_MS;
  }
}

function sessionPool(connectionString: string): pg.Pool {
  return new pg.Pool({
    connectionString,
    max: POOL_SIZE,
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS + 1_000,
    application_name: 'concordat sessions',
  });
}

function digest(sid: string): string {
  return createHash('sha256').update(sid).digest('base64url');
}
