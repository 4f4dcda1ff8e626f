import type { Request } from 'express';
import type { ErrorCode } from '../kernel/errors.js';

const CREDENTIALS = /^(bearer|dpop) ([\w.~+/-]+=*)$/i;

/** What an Authorization header presents: a token, and by which scheme (RFC 6750, RFC 9449 section 7.1). */
export interface PresentedToken {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/** @returns undefined for no header, and for one of another scheme or shape. */
export function presentedToken(request: Request): PresentedToken | undefined {
  const [, scheme, token] = CREDENTIALS.exec(request.get('authorization') ?? '') ?? [];
  if (scheme === undefined || token === undefined) {
    return undefined;
  }
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token };
}

/** Under which name a 401 with this code is counted. */
export function rejectionReason(request: Request, code: ErrorCode): string {
  if (code !== 'unauthenticated') {
    return code;
  }
  return presentedToken(request) === undefined ? 'token_missing' : 'token_invalid';
}
