import type { NextFunction, Request, Response } from 'express';
import { ConcordatError } from '../../kernel/errors.js';

/** A path with a broken percent-encoding names nothing; refused here, before each router decodes it its own way. */
export function refuseMalformedUrl(req: Request, _res: Response, next: NextFunction): void {
  next(isDecodable(req.path) ? undefined : new ConcordatError('request_malformed'));
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
