import { createHash } from 'node:crypto';
import connectPgSimple from 'connect-pg-simple';
import type { RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import pg from 'pg';
import type { Config } from '../../config/config.js';
import { deriveKey } from '../secrets/envelope.js';

const IDLE_MS = 30 * 60_000;
const POOL_SIZE = 5;
const TIMEOUT_MS = 3_000;

/** Absolute limit of a session, checked by whoever reads its sign-in: 8 hours. */
export const SESSION_LIMIT_MS = 8 * 3_600_000;

const PgStore = connectPgSimple(session);

/** Keeps SHA-256 of a session's id, not the id: who reads the table cannot take over a session. */
class HashedSessionStore extends PgStore {
  override get(sid: string, callback: (error: unknown, data?: SessionData | null) => void): void {
    super.get(digest(sid), callback);
  }
  override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    super.set(digest(sid), data, callback);
  }
  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    super.destroy(digest(sid), callback);
  }
  override touch(sid: string, data: SessionData, callback?: () => void): void {
    super.touch(digest(sid), data, callback);
  }
}

export interface Sessions {
  readonly handler: RequestHandler;
  close(): Promise<void>;
}

/** Console sessions under their own database login. @see grants-and-delivery section 3 */
export function createSessions(config: Config): Sessions {
  const pool = new pg.Pool({
    connectionString: config.sessionDatabaseUrl,
    max: POOL_SIZE,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  pool.on('error', () => undefined);
  const store = new HashedSessionStore({ pool, schemaName: 'sessions', tableName: 'session' });
  const isSecure = config.publicUrl.startsWith('https:');
  const handler = session({
    store,
    name: isSecure ? '__Host-concordat' : 'concordat',
    secret: deriveKey(config.kek, 'session-cookie').toString('base64'),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    proxy: true,
    cookie: { path: '/', httpOnly: true, secure: isSecure, sameSite: 'lax', maxAge: IDLE_MS },
  });
  return {
    handler,
    close: async () => {
      store.close();
      await pool.end();
    },
  };
}

function digest(sid: string): string {
  return createHash('sha256').update(sid).digest('base64url');
}
