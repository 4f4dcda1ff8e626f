import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { ConcordatError, type ErrorCode } from '../../kernel/errors.js';
import { bodyTypeOf } from './surface.js';

const LIMIT_BYTES = 1024 * 1024;
const MAX_FORM_FIELDS = 1000;

const MEDIA_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  csv: 'text/csv',
} as const;

/** What body-parser names its errors; each status of ours is told apart by them. */
const CODE_BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'body_too_large',
  'entity.parse.failed': 'body_malformed',
  'encoding.unsupported': 'media_type_unsupported',
  'charset.unsupported': 'media_type_unsupported',
};

/**
 * Reads JSON on the machine surface, a table where one is sent as it is, and forms on the console: 1 MiB at most, never
 * compressed, for a small compressed body can unfold to a large one.
 */
export function bodyParser(): RequestHandler {
  const parsers = {
    json: express.json({ limit: LIMIT_BYTES, inflate: false, type: MEDIA_TYPES.json }),
    form: express.urlencoded({
      limit: LIMIT_BYTES,
      inflate: false,
      extended: false,
      parameterLimit: MAX_FORM_FIELDS,
      type: MEDIA_TYPES.form,
    }),
    csv: express.text({ limit: LIMIT_BYTES, inflate: false, type: MEDIA_TYPES.csv }),
  };
  return (req: Request, res: Response, next: NextFunction) => {
    const kind = bodyTypeOf(req.path);
    if (!hasBody(req)) {
      // A form in which nothing was chosen is sent as nothing.
      if (kind === 'form') {
        req.body = {};
      }
      next();
      return;
    }
    if (req.is(MEDIA_TYPES[kind]) === false) {
      next(new ConcordatError('media_type_unsupported', { detail: `Send ${MEDIA_TYPES[kind]}.` }));
      return;
    }
    parsers[kind](req, res, (error?: unknown) => {
      if (kind === 'csv') {
        // A body is judged by its members, as every other is.
        req.body = { table: req.body as unknown };
      }
      next(error === undefined ? undefined : translate(error));
    });
  };
}

/** RFC 9112 section 6: these two headers alone announce a body. An announced empty one is none. */
function hasBody(req: Request): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** The parser's own message quotes the body, so it is kept as the cause only. */
function translate(error: unknown): ConcordatError {
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  return new ConcordatError(CODE_BY_TYPE[type] ?? 'body_malformed', {}, { cause: error });
}
