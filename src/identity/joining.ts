import type { Request } from 'express';
import type { PersonProfile } from './oidc/id-token.js';

const MAX_AGE_MS = 3_600_000;

/** An invitation that this browser has opened. It survives the sign-in that follows, and an hour. */
export interface Joining {
  /** SHA-256 of the invitation's token, in hex: the token itself is kept nowhere. */
  readonly digest: string;
  readonly openedAt: number;
  /** What the provider said at that sign-in, until it is bound. */
  readonly profile?: PersonProfile;
}

declare module 'express-session' {
  interface SessionData {
    joining?: Joining;
  }
}

/** The invitation that the session has open; undefined for none, and for one from too long ago. */
export function joiningOf(request: Request, now: Date): Joining | undefined {
  // Absent off the console: the machine surface has no sessions.
  const session = request.session as Request['session'] | undefined;
  const joining = session?.joining;
  return joining && now.getTime() - joining.openedAt < MAX_AGE_MS ? joining : undefined;
}

export function rememberJoining(request: Request, joining: Joining): void {
  request.session.joining = joining;
}
