import { hkdfSync } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Config } from '../../config/config.js';
import { SESSION_IDLE_MS, type SessionStore } from './session-store.js';
import { surfaceOf } from './surface.js';

/** `__Host-` binds the cookie to this host and to https; plain http (the sandbox) cannot have it. */
function sessionCookieName(config: Config): string {
  return isHttps(config) ? '__Host-concordat' : 'concordat';
}

/** Middleware: `req.session` on the console. The machine surface never sees a cookie. */
export function sessions(config: Config, store: SessionStore): RequestHandler {
  const handler = session({
    store,
    name: sessionCookieName(config),
    secret: cookieKey(config),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    unset: 'destroy',
    cookie: {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps(config),
      maxAge: SESSION_IDLE_MS,
    },
  });
  return (req: Request, res: Response, next: NextFunction) => {
    if (surfaceOf(req.path) === 'console') {
      handler(req, res, next);
    } else {
      next();
    }
  };
}

/** A new session id at sign-in, so that an id planted before is worth nothing. Earlier data is dropped. */
export async function regenerateSession(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    req.session.regenerate(settle(resolve, reject));
  });
}

/** Writes the session now; call it before a redirect, whose follower may come sooner than the answer's end. */
export async function saveSession(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    req.session.save(settle(resolve, reject));
  });
}

/** Ends the session and takes the cookie back. */
export async function endSession(req: Request, res: Response, config: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    req.session.destroy(settle(resolve, reject));
  });
  res.clearCookie(sessionCookieName(config), {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(config),
  });
}

function settle(resolve: () => void, reject: (error: Error) => void) {
  return (error: unknown): void => {
    if (error === undefined || error === null) {
      resolve();
    } else {
      reject(error instanceof Error ? error : new Error('Session store', { cause: error }));
    }
  };
}

function isHttps(config: Config): boolean {
  return config.publicUrl.startsWith('https:');
}

/** Every replica must verify the others' cookies, so the key comes from what they share. */
function cookieKey(config: Config): string {
  const key = hkdfSync('sha256', config.kek, Buffer.alloc(0), 'concordat session cookie', 32);
  return Buffer.from(key).toString('base64url');
}
