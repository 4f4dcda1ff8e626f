import express, { type Express, type RequestHandler } from 'express';
import pg from 'pg';
import request from 'supertest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { loadConfig } from '../../config/load-config.js';
import { createLogger } from '../telemetry/logger.js';
import { HandClock } from '../../../test/support/hand-clock.js';
import { SessionStore } from './session-store.js';
import { sessions } from './sessions.js';

declare module 'express-session' {
  interface SessionData {
    visits?: number;
  }
}

function configFor(publicUrl: string, sessionDatabaseUrl: string) {
  return loadConfig({
    NODE_ENV: 'test',
    PUBLIC_URL: publicUrl,
    DATABASE_URL: sessionDatabaseUrl,
    SESSION_DATABASE_URL: sessionDatabaseUrl,
    SECRETS_DATABASE_URL: sessionDatabaseUrl,
    OIDC_ISSUER: 'https://id.example.org/realm',
    LOG_TILES: 'file:///nonexistent/log',
    OIDC_CLIENT_ID: 'concordat',
    OIDC_CLIENT_SECRET: 'a-long-enough-secret-value',
    CONCORDAT_KEK: Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64'),
  });
}

const HOUR_MS = 3_600_000;

/** One console: its configuration, its store, and pages that use the session. */
class Pages {
  readonly clock = new HandClock(new Date('2026-11-24T09:00:00Z'));
  readonly app: Express;
  private readonly store: SessionStore;

  constructor(publicUrl: string, databaseUrl: string) {
    const config = configFor(publicUrl, databaseUrl);
    this.store = new SessionStore(config, this.clock, createLogger('silent'));
    this.app = appWith(sessions(config, this.store));
  }

  async close(): Promise<void> {
    await this.store.onModuleDestroy();
  }
}

function appWith(handler: RequestHandler): Express {
  const app = express();
  app.set('trust proxy', true);
  app.use(handler);
  app.get('/api/v1/session', (req, res) => {
    res.json({ hasSession: 'session' in req });
  });
  app.get('/untouched', (_req, res) => {
    res.send('ok');
  });
  app.get('/visit', (req, res) => {
    req.session.visits = (req.session.visits ?? 0) + 1;
    res.send(String(req.session.visits));
  });
  return app;
}

/** The session id inside express-session's signed cookie `s:<id>.<signature>`. */
function sessionIdOf(cookie: string): string {
  return /=s:([^.]+)\./.exec(decodeURIComponent(cookie))?.[1] ?? '';
}

describe('console sessions', () => {
  let db: TestDatabase;
  let plain: Pages;
  let secure: Pages;

  beforeAll(async () => {
    db = await testDatabase();
    const url = db.urlFor('concordat_session');
    plain = new Pages('http://localhost:3000', url);
    secure = new Pages('https://share.example.org', url);
  });
  afterAll(async () => {
    await Promise.all([plain.close(), secure.close()]);
    await db.close();
  });

  async function firstCookie(): Promise<string> {
    const answer = await request(plain.app).get('/visit').expect(200);
    return answer.get('Set-Cookie')?.[0] ?? '';
  }

  async function asSessionRole<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
    const client = new pg.Client(db.urlFor('concordat_session'));
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('go on with their cookie', async () => {
    const cookie = await firstCookie();
    const answer = await request(plain.app).get('/visit').set('Cookie', cookie);
    expect(answer.text).toBe('2');
  });

  it('are not begun by a page that stores nothing', async () => {
    const answer = await request(plain.app).get('/untouched').expect(200);
    expect(answer.get('Set-Cookie')).toBeUndefined();
  });

  it('are stored under a digest of their id, never the id', async () => {
    const sid = sessionIdOf(await firstCookie());
    expect(sid).not.toBe('');
    const rows = await asSessionRole<{ row: string }>(
      'SELECT s::text AS row FROM sessions.session s',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => row.includes(sid))).toEqual([]);
  });

  it('end when their time in the table is over', async () => {
    const cookie = await firstCookie();
    await asSessionRole("UPDATE sessions.session SET expire = timestamptz '2000-01-01'");
    const answer = await request(plain.app).get('/visit').set('Cookie', cookie);
    expect(answer.text).toBe('1');
  });

  it('end 8 hours after they began, however busy', async () => {
    const cookie = await firstCookie();
    const visit = () => request(plain.app).get('/visit').set('Cookie', cookie);
    plain.clock.add(8 * HOUR_MS - 1);
    expect((await visit()).text).toBe('2');
    plain.clock.add(1);
    expect((await visit()).text).toBe('1');
  });

  it('do not exist on the machine surface, in any case of its path', async () => {
    const cookie = await firstCookie();
    for (const path of ['/api/v1/session', '/API/v1/session']) {
      const answer = await request(plain.app).get(path).set('Cookie', cookie).expect(200);
      expect(answer.body).toEqual({ hasSession: false });
    }
  });

  it('do not begin from a cookie whose signature differs', async () => {
    const cookie = (await firstCookie()).replace(/(=s%3A[^.]+\.)./, '$1!');
    const answer = await request(plain.app).get('/visit').set('Cookie', cookie);
    expect(answer.text).toBe('1');
  });

  it('have a __Host- cookie over https', async () => {
    const answer = await request(secure.app).get('/visit').set('X-Forwarded-Proto', 'https');
    expect(answer.get('Set-Cookie')?.[0]).toMatch(
      /^__Host-concordat=(?=.*; Path=\/)(?=.*; HttpOnly)(?=.*; Secure)(?=.*; SameSite=Lax)(?!.*Domain)/,
    );
  });

  it('have a plain cookie over http, for the sandbox', async () => {
    expect(await firstCookie()).toMatch(
      /^concordat=(?=.*; HttpOnly)(?=.*; SameSite=Lax)(?!.*Secure)/,
    );
  });

  it.each(['grants', 'audit_event', 'signing_key', 'person'])(
    'have a login that cannot read %s',
    async (table) => {
      await expect(asSessionRole(`SELECT * FROM ${table} LIMIT 1`)).rejects.toThrow(
        'permission denied',
      );
    },
  );
});
