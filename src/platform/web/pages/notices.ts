import type { Request } from 'express';

declare module 'express-session' {
  interface SessionData {
    /** What the next page says was done. */
    notice?: string;
  }
}

/** The next page that this browser gets says so, once. */
export function leaveNotice(request: Request, text: string): void {
  request.session.notice = text;
}

/** @returns what was left for this page, and no other gets it. */
export function takeNotice(request: Request): string | undefined {
  // Absent off the console: the machine surface has no sessions.
  const session = request.session as Request['session'] | undefined;
  const notice = session?.notice;
  if (notice !== undefined) {
    delete session?.notice;
  }
  return notice;
}
