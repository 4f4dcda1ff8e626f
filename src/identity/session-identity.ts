import type { Request } from 'express';
import type { AuthenticatedIdentity } from './principal.js';

type Stored = Omit<AuthenticatedIdentity, 'authenticatedAt' | 'via'> & {
  readonly authenticatedAt: string | null;
};

declare module 'express-session' {
  interface SessionData {
    /** What the sign-in of this session proved. */
    identity?: Stored;
  }
}

/** What the session's sign-in proved; undefined when nobody signed in. */
export function sessionIdentity(request: Request): AuthenticatedIdentity | undefined {
  // Absent off the console: the machine surface has no sessions.
  const session = request.session as Request['session'] | undefined;
  const stored = session?.identity;
  return (
    stored && {
      ...stored,
      authenticatedAt: stored.authenticatedAt === null ? null : new Date(stored.authenticatedAt),
      via: 'session',
    }
  );
}

/** Binds the request's session, which must be a new one, to who signed in. */
export function rememberIdentity(request: Request, identity: AuthenticatedIdentity): void {
  const { issuer, subject, authLevel, acr, amr, authenticatedAt } = identity;
  request.session.identity = {
    issuer,
    subject,
    authLevel,
    acr,
    amr,
    authenticatedAt: authenticatedAt?.toISOString() ?? null,
  };
}
