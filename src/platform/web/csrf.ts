import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Config } from '../../config/config.js';
import { ConcordatError } from '../../kernel/errors.js';
import { isDownload, surfaceOf } from './surface.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses console requests that another site made: `Sec-Fetch-Site: same-origin`, or without that header an `Origin` that is
 * ours. The API ignores cookies, so it has nothing to protect. Downloads are guarded like changes (GD-10).
 */
export function csrfGuard(config: Config): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    const isProtected = !SAFE_METHODS.has(request.method) || isDownload(request.path);
    if (surfaceOf(request.path) !== 'console' || !isProtected) {
      next();
      return;
    }
    const site = request.get('sec-fetch-site');
    const isOurs =
      site === undefined ? request.get('origin') === config.publicUrl : site === 'same-origin';
    next(isOurs ? undefined : new ConcordatError('csrf_refused'));
  };
}
